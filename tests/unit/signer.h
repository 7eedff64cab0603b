/* signer: keys and signatures of ldns, and RRsets made of its records: the other side of every test of dnssec/.
 *
 * To be included before cmocka.h: ldns makes a bool of its own where it finds none. What fails fails the test.
 */
#ifndef ROOTWALK_TESTS_UNIT_SIGNER_H
#define ROOTWALK_TESTS_UNIT_SIGNER_H

#include "base/arena.h"
#include "wire/rrset.h"

#include <ldns/ldns.h>

#define SIGNER_ALGORITHMS 8

extern const uint8_t signer_algorithms[SIGNER_ALGORITHMS];

/* A zone's key pair and its DNSKEY. */
struct signer {
	ldns_key *key;
	ldns_rr *dnskey;
};

struct signer signer_new(uint8_t algorithm, const char *zone, uint16_t flags);
void signer_free(struct signer *signer);

/* What an RRSIG says; what is left 0 is right: labels of the owner, TTL of the records, a day around SIGNER_NOW. */
struct terms {
	uint32_t inception, expiration;
	uint32_t ttl;
	uint8_t labels;     /* fewer: the records are signed under the wildcard's name */
	bool labels_only;   /* `labels` is written, the owner is signed as it is */
	const char *signer; /* instead of the key's owner */
};

#define SIGNER_NOW 1700000000

/* An RRSIG of the records, which may be in any order, but none twice. */
ldns_rr *signer_sign(const struct signer *signer, const ldns_rr_list *records, const struct terms *terms);

/* Does ldns take it, the time left out? */
bool signer_accepts(const ldns_rr_list *records, ldns_rr *rrsig, ldns_rr *dnskey);

/* A line of a zone file each; up to a NULL. */
ldns_rr_list *signer_records(const char *const *lines);
ldns_rr *signer_record(const char *line);

/* The same in our form, in the order of the lists; `signatures` may be NULL. */
struct rrset signer_rrset(struct arena *arena, const ldns_rr_list *records, const ldns_rr_list *signatures);

/* RDATA of a record. */
struct span signer_rdata(struct arena *arena, const ldns_rr *rr);

#endif
