/* codes: the numbers of the DNS and their text. Unknown numbers have the text of RFC 3597 section 5 (TYPE65280). */
#ifndef ROOTWALK_WIRE_CODES_H
#define ROOTWALK_WIRE_CODES_H

#include <stdbool.h>
#include <stdint.h>

enum dns_type {
	TYPE_NONE = 0, /* in cache keys: "any type at this name" (NXDOMAIN) */
#define TYPE(mnemonic, number) TYPE_##mnemonic = (number),
#include "wire/codes.def"
};

enum dns_opcode {
#define OPCODE(mnemonic, number) OPCODE_##mnemonic = (number),
#include "wire/codes.def"
};

enum dns_rcode {
#define RCODE(mnemonic, number) RCODE_##mnemonic = (number),
#include "wire/codes.def"
};

enum dns_ede {
#define EDE(mnemonic, number, text) EDE_##mnemonic = (number),
#include "wire/codes.def"
};

#define EDE_NONE (-1)

enum dns_class { CLASS_IN = 1, CLASS_CHAOS = 3, CLASS_HESIOD = 4, CLASS_NONE = 254, CLASS_ANY = 255 };

#define CODE_TEXT_SIZE 16u

/* Each returns its buffer. */
const char *type_to_text(uint16_t type, char text[CODE_TEXT_SIZE]);
const char *class_to_text(uint16_t class, char text[CODE_TEXT_SIZE]);
const char *rcode_to_text(uint16_t rcode, char text[CODE_TEXT_SIZE]);
const char *opcode_to_text(uint8_t opcode, char text[CODE_TEXT_SIZE]);

/* "A", "aaaa", "TYPE65280"; false when it is none. */
bool type_of_text(const char *text, uint16_t *type);

/* The registry's words for an extended error; "" when unknown. */
const char *ede_text(int ede);

/* Does it say that validation failed, rather than the servers? */
bool ede_is_validation(int ede);

/* Types that only a question may have (RFC 6895 section 3.1: 128..255, and OPT). */
bool type_is_meta(uint16_t type);

#endif
