#include "wire/codes.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

struct mnemonic {
	const char *text;
	uint16_t number;
};

static const struct mnemonic types[] = {
#define TYPE(mnemonic, number) { #mnemonic, (number) },
#include "wire/codes.def"
};

static const struct mnemonic opcodes[] = {
#define OPCODE(mnemonic, number) { #mnemonic, (number) },
#include "wire/codes.def"
};

static const struct mnemonic rcodes[] = {
#define RCODE(mnemonic, number) { #mnemonic, (number) },
#include "wire/codes.def"
};

static const struct mnemonic classes[] = {
	{ "IN", CLASS_IN }, { "CH", CLASS_CHAOS }, { "HS", CLASS_HESIOD }, { "NONE", CLASS_NONE }, { "ANY", CLASS_ANY },
};

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static const char *to_text(const struct mnemonic *table, size_t count, const char *prefix, uint16_t number,
			   char text[CODE_TEXT_SIZE])
{
	for (size_t i = 0; i < count; i++) {
		if (table[i].number == number) {
			snprintf(text, CODE_TEXT_SIZE, "%s", table[i].text);
			return text;
		}
	}
	snprintf(text, CODE_TEXT_SIZE, "%s%u", prefix, number);
	return text;
}

const char *type_to_text(uint16_t type, char text[CODE_TEXT_SIZE])
{
	return to_text(types, COUNT(types), "TYPE", type, text);
}

const char *class_to_text(uint16_t class, char text[CODE_TEXT_SIZE])
{
	return to_text(classes, COUNT(classes), "CLASS", class, text);
}

const char *rcode_to_text(uint16_t rcode, char text[CODE_TEXT_SIZE])
{
	return to_text(rcodes, COUNT(rcodes), "RCODE", rcode, text);
}

const char *opcode_to_text(uint8_t opcode, char text[CODE_TEXT_SIZE])
{
	return to_text(opcodes, COUNT(opcodes), "OPCODE", opcode, text);
}

static bool read_number(const char *text, uint16_t *number)
{
	unsigned long value = 0;
	size_t size = strspn(text, "0123456789");
	if (size == 0 || size > 5 || text[size] != '\0')
		return false;
	for (size_t i = 0; i < size; i++)
		value = 10 * value + (unsigned long)(text[i] - '0');
	*number = (uint16_t)value;
	return value <= UINT16_MAX;
}

bool type_of_text(const char *text, uint16_t *type)
{
	for (size_t i = 0; i < COUNT(types); i++) {
		if (strcasecmp(text, types[i].text) == 0) {
			*type = types[i].number;
			return true;
		}
	}
	return strncasecmp(text, "TYPE", 4) == 0 && read_number(text + 4, type);
}

const char *ede_text(int ede)
{
	switch (ede) {
#define EDE(mnemonic, number, text) case number: return (text);
#include "wire/codes.def"
	default:
		return "";
	}
}

bool ede_is_validation(int ede)
{
	return (ede >= EDE_INDETERMINATE && ede <= EDE_NSEC_MISSING) || ede == EDE_SIGNATURE_EXPIRED_BEFORE_VALID;
}

bool type_is_meta(uint16_t type)
{
	return type == TYPE_OPT || (type >= 128 && type <= 255);
}
