/* present: records as people read them: lines of a zone file.
 *
 * ldns knows the form of every type; what it cannot make sense of is written as octets (RFC 3597 section 5), so
 * that anything a server sent has a text. Texts go to terminals and logs: only printable ASCII comes out, whatever
 * was in the octets. Room is the caller's; a text that is too long is cut and ends with "...".
 */
#ifndef ROOTWALK_TEXT_PRESENT_H
#define ROOTWALK_TEXT_PRESENT_H

#include "wire/rrset.h"

#define PRESENT_SIZE 4096u /* room for all but giants */

/* One record, names in it not compressed. */
struct presentable {
	struct name owner;
	uint16_t type;
	uint16_t class;
	uint32_t ttl;
	struct span rdata;
};

/* "192.0.2.1", "10 mail.example.com.", "\# 2 0a0b". Returns `text`; `size` is at least 16. */
const char *present_rdata(const struct presentable *record, char *text, size_t size);

/* "www.example.com. 300 IN A 192.0.2.1" */
const char *present_record(const struct presentable *record, char *text, size_t size);

/* The data records, one on a line, each with its newline. How many there are; those for which there is no room are
 * left out whole. With `signatures` the RRSIGs follow. */
size_t present_rrset(const struct rrset *rrset, bool signatures, char *text, size_t size);

#endif
