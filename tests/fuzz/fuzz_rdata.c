/* fuzz_rdata: RDATA of every type.
 *
 * The input is the type (2 octets), how much of the rest stands before the RDATA (1 octet), and the rest. What is
 * read is valid, stays the same when written and read again, and is canonicalised as ldns does it. Where ldns reads
 * the same record, its unpacked octets are ours.
 */
#include <ldns/ldns.h>
#include <stdlib.h>

#include "wire/codes.h"
#include "wire/compress.h"
#include "wire/rdata.h"

#define REQUIRE(condition) \
	do { \
		if (!(condition)) \
			abort(); \
	} while (0)

#define ROOM 70000u
#define HEAD 12u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Written twice, so that the second finds the first to point at; compression may change the case of names. */
static void write_and_read(uint16_t type, struct span rdata, uint8_t *memory, uint8_t *written)
{
	struct builder message = builder_of(written, ROOM);
	struct compress compress;
	size_t ends[2];
	compress_begin(&compress);
	builder_octets(&message, span_of("head of 12  ", HEAD));
	for (int i = 0; i < 2; i++) {
		rdata_write(&message, &compress, type, rdata);
		ends[i] = message.size;
	}
	REQUIRE(!message.overflowed && ends[1] - ends[0] <= ends[0] - HEAD);
	struct cursor cursor = cursor_of(builder_written(&message));
	cursor_skip(&cursor, HEAD);
	for (int i = 0; i < 2; i++) {
		struct builder again = builder_of(memory, ROOM);
		REQUIRE(rdata_read(&cursor, type, (uint16_t)(ends[i] - cursor_offset(&cursor)), &again));
		REQUIRE(rdata_equal(type, builder_written(&again), rdata));
	}
}

static ldns_rr *ldns_read(uint16_t type, struct span rdata)
{
	static uint8_t wire[ROOM];
	struct builder record = builder_of(wire, sizeof wire);
	builder_u8(&record, 0);
	builder_u16(&record, type);
	builder_u16(&record, CLASS_IN);
	builder_u32(&record, 1);
	builder_u16(&record, (uint16_t)rdata.size);
	builder_octets(&record, rdata);
	ldns_rr *rr = NULL;
	size_t at = 0;
	if (ldns_wire2rr(&rr, wire, record.size, &at, LDNS_SECTION_ANSWER) != LDNS_STATUS_OK)
		return NULL;
	return rr;
}

static void compare_with(ldns_rr *rr, struct span rdata)
{
	uint8_t *wire;
	size_t size;
	REQUIRE(ldns_rr2wire(&wire, rr, LDNS_SECTION_ANSWER, &size) == LDNS_STATUS_OK);
	REQUIRE(size >= 11 && span_equal(span_of(wire + 11, size - 11), rdata));
	free(wire);
}

/* ldns leaves these as they are, against RFC 4034 section 6.2 or RFC 6840 section 5.1. */
static bool ldns_canonicalises(uint16_t type)
{
	return type != TYPE_RRSIG && type != TYPE_NXT && type != TYPE_A6;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t memory[ROOM], second[ROOM], written[ROOM], canonical[ROOM];
	if (size < 3 || size > 2000)
		return 0;
	uint16_t type = (uint16_t)(data[0] << 8 | data[1]);
	struct span rest = span_of(data + 3, size - 3);
	if (data[2] > rest.size)
		return 0;
	struct cursor cursor = cursor_of(rest);
	cursor_skip(&cursor, data[2]);
	struct builder builder = builder_of(memory, sizeof memory);
	bool good = rdata_read(&cursor, type, (uint16_t)cursor_left(&cursor), &builder);
	REQUIRE(good != cursor.failed && !builder.overflowed);
	if (!good)
		return 0;
	struct span rdata = builder_written(&builder);
	REQUIRE(rdata_is_valid(type, rdata));
	REQUIRE(rdata.size <= rest.size + RDATA_UNPACKED_EXTRA);
	write_and_read(type, rdata, second, written);
	if (rdata.size > 0)
		memcpy(canonical, rdata.octets, rdata.size);
	rdata_canonicalise(type, canonical, (uint16_t)rdata.size);
	REQUIRE(rdata_is_valid(type, span_of(canonical, rdata.size)));
	REQUIRE(rdata_equal(type, span_of(canonical, rdata.size), rdata));
	/* Only a type without a row, and APL, may be empty. ldns reads some that have none, and not to their end. */
	if (rdata_is_valid(type, span_of("", 0)))
		return 0;
	ldns_rr *rr = ldns_read(type, rdata);
	if (rr != NULL) {
		compare_with(rr, rdata);
		ldns_rr2canonical(rr);
		if (ldns_canonicalises(type))
			compare_with(rr, span_of(canonical, rdata.size));
	}
	ldns_rr_free(rr);
	return 0;
}
