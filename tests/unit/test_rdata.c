#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "wire/codes.h"
#include "wire/compress.h"
#include "wire/rdata.h"

#include <ldns/ldns.h> /* last: before stdbool.h it makes a bool of its own */

#define COUNT(table) (sizeof(table) / sizeof(table)[0])
#define ROOM 4096

/* One of each type, as ldns reads it from a zone file; what it cannot, in the form of RFC 3597. */
static const char *const records[] = {
	"A 192.0.2.1",
	"AAAA 2001:db8::1",
	"NS Ns1.Example.",
	"CNAME a.example.",
	"DNAME Other.example.",
	"SOA ns.example. Host.example. 1 2 3 4 5",
	"PTR a.example.",
	"MB mb.example.",
	"MG mg.example.",
	"MR mr.example.",
	"MD md.example.",
	"MF mf.example.",
	"MINFO R.example. e.example.",
	"MX 10 Mx.example.",
	"HINFO \\# 7 03637075026f73",
	"TXT \"one\" \"two three\" \"\"",
	"WKS 192.0.2.1 tcp smtp",
	"RP m.example. t.example.",
	"AFSDB 1 a.example.",
	"X25 \\# 3 023132",
	"ISDN \\# 3 023132",
	"ISDN \\# 5 0231320133",
	"RT 1 r.example.",
	"NSAP 0x47000580",
	"SIG A 8 2 300 20300101000000 20200101000000 1 Example. AAAA",
	"KEY 256 3 8 AwEAAaetidLzsKWUt4swWR8yu0wPHPiUi8LU",
	"PX 10 a.example. b.example.",
	"LOC 52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000.00m 10.00m",
	"NXT \\# 13 0161076578616d706c650062",
	"SRV 1 2 3 T.example.",
	"NAPTR 100 50 \"s\" \"http\" \"\" R.example.",
	"KX 1 k.example.",
	"CERT PGP 0 0 AAAA",
	"A6 \\# 20 4000000000000000010161076578616d706c6500",
	"APL 1:192.168.38.0/28 !2:2001:db8::/32",
	"DS 12345 8 2 0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF",
	"SSHFP 2 1 123456789abcdef67890123456789abcdef67890",
	"IPSECKEY 10 1 2 192.0.2.38 AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==",
	"IPSECKEY 10 2 2 2001:db8::1 AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==",
	"IPSECKEY 10 3 2 G.example. AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==",
	"RRSIG A 8 2 300 20300101000000 20200101000000 1 Example. AAAABBBB",
	"NSEC Next.example. A NS SOA MX RRSIG NSEC TYPE1234",
	"DNSKEY 257 3 8 AwEAAaetidLzsKWUt4swWR8yu0wPHPiUi8LU",
	"DHCID AAIBY2/AuCccgoJbsaxcQc9TUapptP69lOjxfNuVAA2kjEA=",
	"NSEC3 1 1 12 aabbccdd 2t7b4g4vsa5smi47k61mv5bv1a22bojr MX DNSKEY NS SOA RRSIG",
	"NSEC3 1 1 0 - 2t7b4g4vsa5smi47k61mv5bv1a22bojr",
	"NSEC3PARAM 1 0 12 aabbccdd",
	"TLSA 3 1 1 0123456789ABCDEF",
	"SMIMEA 3 1 1 0123456789ABCDEF",
	"HIP 2 200100107B1A74DF365639CC39F1D578 AwEAAbdxyhNuSutc5EMzxTs9LBPCIkOFH8cI rvs.example.",
	"CDS 0 0 0 00",
	"CDNSKEY 0 3 0 AA==",
	"OPENPGPKEY AAAA",
	"CSYNC 66 3 A NS AAAA",
	"ZONEMD 1 1 1 0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF",
	"SVCB 1 S.example. alpn=h2,h3 port=443",
	"HTTPS 0 s.example.",
	"SPF \"v=spf1 -all\"",
	"NID 10 0014:4fff:ff20:ee64",
	"L32 10 10.1.2.0",
	"L64 10 2001:0DB8:1140:1000",
	"LP 10 L.example.",
	"EUI48 00-00-5e-00-53-2a",
	"EUI64 00-00-5e-ef-10-00-00-2a",
	"URI \\# 7 000a0001663a2f",
	"CAA \\# 7 00056973737565",
	"AVC \\# 4 01610162",
	"DLV 12345 8 1 0123456789ABCDEF0123456789ABCDEF01234567",
	"TA \\# 5 0001080100",
	"NULL \\# 3 010203",
	"DOA \\# 12 000000010000000201000102",
	"AMTRELAY \\# 6 0a01c0000201",
	"RESINFO \\# 4 03616263",
	"DSYNC \\# 8 003b0114eb016200",
	"TYPE65280 \\# 3 010203",
};

struct sample {
	uint16_t type;
	uint8_t octets[1024];
	size_t size;
};

static int octet_of_hex(const char *hex)
{
	unsigned int octet;
	return sscanf(hex, "%2x", &octet) == 1 ? (int)octet : -1;
}

static size_t octets_of_hex(const char *hex, uint8_t *octets)
{
	size_t size = 0;
	for (; *hex != '\0'; hex += 2)
		octets[size++] = (uint8_t)octet_of_hex(hex);
	return size;
}

/* The record's RDATA: by ldns, or of its hex. */
static struct sample sample_of(const char *text)
{
	struct sample sample = { 0 };
	char type[16], line[1024];
	const char *hex = strstr(text, "\\# ");
	assert_int_equal(sscanf(text, "%15s", type), 1);
	assert_true(type_of_text(type, &sample.type));
	if (hex != NULL) {
		sample.size = octets_of_hex(strchr(hex + 3, ' ') + 1, sample.octets);
		return sample;
	}
	ldns_rr *rr;
	uint8_t *wire;
	size_t size;
	snprintf(line, sizeof line, ". 300 IN %s", text);
	if (ldns_rr_new_frm_str(&rr, line, 0, NULL, NULL) != LDNS_STATUS_OK)
		fail_msg("ldns cannot read %s", text);
	assert_int_equal(ldns_rr2wire(&wire, rr, LDNS_SECTION_ANSWER, &size), LDNS_STATUS_OK);
	sample.size = size - 11;
	memcpy(sample.octets, wire + 11, sample.size);
	free(wire);
	ldns_rr_free(rr);
	return sample;
}

static struct span rdata_of(const struct sample *sample)
{
	return span_of(sample->octets, sample->size);
}

static bool reads(uint16_t type, struct span message, size_t at, size_t size, struct builder *unpacked)
{
	struct cursor cursor = cursor_of(message);
	cursor_seek(&cursor, at);
	bool good = rdata_read(&cursor, type, (uint16_t)size, unpacked);
	assert_int_equal(good, !cursor.failed);
	assert_true(!good || cursor_offset(&cursor) == at + size);
	return good;
}

static void every_type_is_sampled(void **state)
{
	(void)state;
	static const uint16_t types[] = {
#define TYPE(mnemonic, number) number,
#include "wire/codes.def"
	};
	for (size_t i = 0; i < COUNT(types); i++) {
		bool sampled = type_is_meta(types[i]);
		for (size_t j = 0; j < COUNT(records) && !sampled; j++)
			sampled = sample_of(records[j]).type == types[i];
		if (!sampled)
			fail_msg("no sample of type %u", types[i]);
	}
}

/* text -> ldns -> octets -> read -> written -> ldns -> the same text */
static void round_trips_through_ldns(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(records); i++) {
		struct sample sample = sample_of(records[i]);
		uint8_t memory[ROOM], written[ROOM];
		struct builder unpacked = builder_of(memory, ROOM), message = builder_of(written, ROOM);
		if (!reads(sample.type, rdata_of(&sample), 0, sample.size, &unpacked))
			fail_msg("refused: %s", records[i]);
		assert_true(span_equal(builder_written(&unpacked), rdata_of(&sample)));
		assert_true(rdata_is_valid(sample.type, rdata_of(&sample)));
		struct compress compress;
		compress_begin(&compress);
		builder_octets(&message, span_of("\0", 1));
		builder_u16(&message, sample.type);
		builder_octets(&message, span_of("\0\1\0\0\0\1\0\0", 8));
		rdata_write(&message, &compress, sample.type, builder_written(&unpacked));
		builder_patch_u16(&message, 9, (uint16_t)(message.size - 11));
		ldns_rr *rr = NULL;
		size_t at = 0, size;
		uint8_t *wire;
		assert_int_equal(ldns_wire2rr(&rr, written, message.size, &at, LDNS_SECTION_ANSWER), LDNS_STATUS_OK);
		assert_int_equal(ldns_rr2wire(&wire, rr, LDNS_SECTION_ANSWER, &size), LDNS_STATUS_OK);
		assert_true(span_equal(span_of(wire + 11, size - 11), rdata_of(&sample)));
		free(wire);
		ldns_rr_free(rr);
	}
}

/* Reading a part says the same as looking at it, and never a name or number more than was there. */
static void every_prefix_is_refused_or_consistent(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(records); i++) {
		struct sample sample = sample_of(records[i]);
		for (size_t size = 0; size < sample.size; size++) {
			uint8_t memory[ROOM], *exact = malloc(size + 1);
			struct builder unpacked = builder_of(memory, ROOM);
			memcpy(exact, sample.octets, size);
			bool good = reads(sample.type, span_of(exact, size), 0, size, &unpacked);
			assert_int_equal(good, rdata_is_valid(sample.type, span_of(exact, size)));
			if (good)
				assert_true(span_equal(builder_written(&unpacked), span_of(exact, size)));
			free(exact);
			/* More is announced than there is. */
			unpacked = builder_of(memory, ROOM);
			assert_false(reads(sample.type, span_of(sample.octets, size), 0, sample.size, &unpacked));
		}
	}
}

static const struct {
	const char *type, *hex;
	bool valid;
} forms[] = {
	{ "A", "c00002", false }, { "A", "c000020101", false }, { "A", "", false },
	{ "AAAA", "20010db8000000000000000000000001", true }, { "AAAA", "20010db80000000000000000000001", false },
	{ "NS", "", false }, { "NS", "00", true }, { "NS", "0000", false }, { "NS", "0161", false },
	{ "NS", "4000", false },
	{ "MX", "000a", false }, { "MX", "000a00", true }, { "MX", "000a0000", false },
	{ "SOA", "00000000000100000002000000030000000400000005", true },
	{ "SOA", "000000000001000000020000000300000004000005", false },
	{ "TXT", "", false }, { "TXT", "00", true }, { "TXT", "0161", true }, { "TXT", "0261", false },
	{ "TXT", "01610262", false }, { "SPF", "", false }, { "HINFO", "0000", true }, { "HINFO", "00", false },
	{ "HINFO", "000000", false }, { "ISDN", "000000", false },
	{ "CAA", "0000", false }, { "CAA", "000161", true }, { "CAA", "000261", false }, { "CAA", "00016163", true },
	{ "TLSA", "030101", false }, { "TLSA", "03010100", true }, { "DS", "00010801", false },
	{ "DS", "0001080100", true },
	{ "DNSKEY", "01000308", false }, { "DNSKEY", "0100030801", true }, { "KEY", "c0000308", true },
	/* NSEC: windows ascend, 1..32 octets each */
	{ "NSEC", "00", true }, { "NSEC", "00000140", true }, { "NSEC", "000000", false }, { "NSEC", "0000", false },
	{ "NSEC", "0000014001014001", false }, { "NSEC", "00000140010140", true }, { "NSEC", "00010140000140", false },
	{ "NSEC", "00000140000140", false },
	{ "NSEC", "000021" "000000000000000000000000000000000000000000000000000000000000000001", false },
	{ "NSEC", "000020" "0000000000000000000000000000000000000000000000000000000000000001", true },
	{ "CSYNC", "000000010003", true }, { "CSYNC", "0000000100030001", false }, { "CSYNC", "00000001000300", false },
	{ "NSEC3", "0101000c000161", true }, { "NSEC3", "0101000c0000", false }, { "NSEC3", "0101000c02aa0161", false },
	{ "NSEC3", "0101000c01aa01610001c0", true }, { "NSEC3PARAM", "01000000", false },
	{ "NSEC3PARAM", "0100000000", true },
	{ "NSEC3PARAM", "010000000000", false },
	{ "RRSIG", "000108020000012c70dbd88000000000000100", false },
	{ "RRSIG", "000108020000012c70dbd88000000000000100aa", true },
	{ "LOC", "00121613800000008000000000989680", true }, { "LOC", "001216138000000080000000009896", false },
	{ "LOC", "01aa", true }, { "LOC", "", false },
	/* SVCB: keys ascend */
	{ "SVCB", "000100", true }, { "SVCB", "0001000001000302683200030002" "01bb", true },
	{ "SVCB", "00010000030002" "01bb" "00010003026832", false }, { "SVCB", "00010000030000" "00030000", false },
	{ "SVCB", "0001000003000201", false }, { "HTTPS", "00010000", false },
	{ "SRV", "00010002000300", true }, { "SRV", "000100020003", false },
	{ "NAPTR", "00010001" "000000" "00", true }, { "NAPTR", "00010001" "0000" "00", false },
	{ "APL", "", true }, { "APL", "00011c03c0a826", true }, { "APL", "00011c03c0a8", false },
	{ "APL", "00011c", false },
	{ "IPSECKEY", "0a0002", true }, { "IPSECKEY", "0a0102c00002", false }, { "IPSECKEY", "0a0302c00c", false },
	{ "AMTRELAY", "0a81c0000201", true }, { "AMTRELAY", "0a02c0000201", false }, { "AMTRELAY", "0a0300", true },
	{ "A6", "80", true }, { "A6", "81" "00", false }, { "A6", "0020010db8000000000000000000000001", true },
	{ "HIP", "01020001aabb", true }, { "HIP", "01020001aa", false }, { "HIP", "01020001aabb0161", false },
	{ "WKS", "c000020106", true }, { "WKS", "c0000201", false }, { "URI", "00010001", false },
	{ "NSAP", "", false },
	{ "NULL", "", true }, { "TYPE65280", "", true }, { "EUI48", "0000000000", false },
	{ "L32", "000a0a010200", true },
	{ "L64", "000a0a010200", false }, { "DSYNC", "003b0114eb", false }, { "DOA", "000000000000000000", false },
};

static void forms_are_checked(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(forms); i++) {
		uint8_t octets[100], memory[ROOM];
		uint16_t type;
		struct builder unpacked = builder_of(memory, ROOM);
		assert_true(type_of_text(forms[i].type, &type));
		struct span rdata = span_of(octets, octets_of_hex(forms[i].hex, octets));
		if (rdata_is_valid(type, rdata) != forms[i].valid)
			fail_msg("%s %s", forms[i].type, forms[i].hex);
		assert_int_equal(reads(type, rdata, 0, rdata.size, &unpacked), forms[i].valid);
	}
}

enum pointers { REFUSED, READ, WRITTEN };

/* RDATA whose only name is "example." as a pointer to the start of the message, and unpacked. */
static const struct {
	const char *type, *before, *behind;
	enum pointers pointers;
	bool lowered;
} named[] = {
	{ "NS", "", "", WRITTEN, true }, { "CNAME", "", "", WRITTEN, true }, { "PTR", "", "", WRITTEN, true },
	{ "MB", "", "", WRITTEN, true }, { "MG", "", "", WRITTEN, true }, { "MR", "", "", WRITTEN, true },
	{ "MD", "", "", WRITTEN, true }, { "MF", "", "", WRITTEN, true }, { "MX", "4142", "", WRITTEN, true },
	{ "SOA", "", "00" "4142434445464748494a4b4c4d4e4f5051525354", WRITTEN, true },
	{ "MINFO", "00", "", WRITTEN, true },
	{ "RP", "00", "", READ, true }, { "AFSDB", "4142", "", READ, true }, { "RT", "4142", "", READ, true },
	{ "PX", "414200", "", READ, true }, { "SRV", "414243444546", "", READ, true }, { "KX", "4142", "", READ, true },
	{ "NAPTR", "41424344" "0141" "0142" "0143", "", READ, true }, { "NXT", "", "4142", READ, true },
	{ "SIG", "4142434445464748494a4b4c4d4e4f505152", "4142", READ, true },
	{ "RRSIG", "4142434445464748494a4b4c4d4e4f505152", "4142", REFUSED, true }, { "DNAME", "", "", REFUSED, true },
	{ "A6", "784100", "", REFUSED, true }, { "NSEC", "", "000140", REFUSED, false },
	{ "SVCB", "4142", "", REFUSED, false }, { "HTTPS", "4142", "", REFUSED, false },
	{ "LP", "4142", "", REFUSED, false },
	{ "IPSECKEY", "0a0302", "41", REFUSED, false }, { "HIP", "0002000141", "", REFUSED, false },
	{ "DSYNC", "4142434445", "", REFUSED, false },
};

static const char target[] = "\7EXAMPLE"; /* with its root */

static struct span named_rdata(size_t row, const char *name, size_t size, uint8_t memory[ROOM])
{
	struct builder builder = builder_of(memory, ROOM);
	builder.size = octets_of_hex(named[row].before, memory);
	builder_octets(&builder, span_of(name, size));
	builder.size += octets_of_hex(named[row].behind, memory + builder.size);
	return builder_written(&builder);
}

static void pointers_where_rfc_3597_allows(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(named); i++) {
		uint8_t memory[ROOM], plain[ROOM], unpacked_memory[ROOM];
		uint16_t type;
		assert_true(type_of_text(named[i].type, &type));
		struct span packed = named_rdata(i, "\300\0", 2, memory);
		struct span expected = named_rdata(i, target, sizeof target, plain);
		struct builder message = builder_of(unpacked_memory, ROOM);
		builder_octets(&message, span_of(target, sizeof target));
		builder_octets(&message, packed);
		uint8_t more[ROOM];
		struct builder unpacked = builder_of(more, ROOM);
		bool good = reads(type, builder_written(&message), sizeof target, packed.size, &unpacked);
		if (good != (named[i].pointers != REFUSED) || good != rdata_may_be_packed(type))
			fail_msg("%s", named[i].type);
		if (good)
			assert_true(span_equal(builder_written(&unpacked), expected));
		unpacked = builder_of(more, ROOM);
		if (!reads(type, expected, 0, expected.size, &unpacked))
			fail_msg("%s", named[i].type);
		assert_false(rdata_is_valid(type, packed) && type != TYPE_HIP);
	}
}

static void compressed_where_rfc_3597_allows(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(named); i++) {
		uint8_t plain[ROOM], memory[ROOM];
		struct compress compress;
		uint16_t type;
		assert_true(type_of_text(named[i].type, &type));
		struct span rdata = named_rdata(i, target, sizeof target, plain);
		struct builder message = builder_of(memory, ROOM);
		compress_begin(&compress);
		compress_name(&compress, &message, (struct name){ (const uint8_t *)target, sizeof target, 1 });
		rdata_write(&message, &compress, type, rdata);
		size_t saved = sizeof target - 2;
		assert_int_equal(message.size - sizeof target, rdata.size - (named[i].pointers == WRITTEN ? saved : 0));
	}
}

static void canonical_form_lowers_names_only(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(named); i++) {
		uint8_t memory[ROOM], expected_memory[ROOM];
		uint16_t type;
		assert_true(type_of_text(named[i].type, &type));
		struct span rdata = named_rdata(i, target, sizeof target, memory), before = rdata;
		struct span expected =
			named_rdata(i, named[i].lowered ? "\7example" : target, sizeof target, expected_memory);
		uint8_t copy[ROOM];
		memcpy(copy, memory, rdata.size);
		before.octets = copy;
		rdata_canonicalise(type, memory, (uint16_t)rdata.size);
		if (!span_equal(rdata, expected))
			fail_msg("%s", named[i].type);
		assert_true(rdata_equal(type, before, rdata));
	}
}

static void equality_is_blind_in_names_only(void **state)
{
	(void)state;
	static const struct {
		const char *type, *a, *b;
		bool equal;
	} table[] = {
		{ "NS", "014100", "016100", true },         { "NS", "014100", "016200", false },
		{ "MX", "0041014100", "0041016100", true }, { "MX", "0041014100", "0061016100", false },
		{ "NSEC", "014100", "016100", false },      { "TXT", "0141", "0161", false },
		{ "A", "41414141", "61414141", false },     { "NS", "014100", "014100", true },
		{ "TYPE65280", "41", "61", false },         { "NS", "00", "016100", false },
	};
	for (size_t i = 0; i < COUNT(table); i++) {
		uint8_t a[20], b[20];
		uint16_t type;
		assert_true(type_of_text(table[i].type, &type));
		struct span x = span_of(a, octets_of_hex(table[i].a, a)), y = span_of(b, octets_of_hex(table[i].b, b));
		assert_int_equal(rdata_equal(type, x, y), table[i].equal);
		assert_int_equal(rdata_equal(type, y, x), table[i].equal);
	}
}

static void targets(void **state)
{
	(void)state;
	static const char *const with[] = { "NS", "CNAME", "DNAME", "PTR", "MX", "SRV", "SVCB", "HTTPS", "KX" };
	for (size_t i = 0; i < COUNT(named); i++) {
		uint8_t memory[ROOM];
		uint16_t type;
		struct name name;
		struct span rdata = named_rdata(i, target, sizeof target, memory);
		type_of_text(named[i].type, &type);
		for (size_t j = 0; j < COUNT(with); j++) {
			if (strcmp(with[j], named[i].type) != 0)
				continue;
			assert_true(rdata_target(type, rdata, &name));
			assert_int_equal(name.size, sizeof target);
			assert_false(rdata_target(type, span_of(memory, rdata.size - 1), &name));
		}
	}
	struct name none;
	assert_false(rdata_target(TYPE_A, span_of("\300\0\2\1", 4), &none));
	assert_false(rdata_target(TYPE_TXT, span_of("\0", 1), &none));
}

/* What grows too long for the builder overflows it and nothing else. */
static void no_room(void **state)
{
	(void)state;
	uint8_t memory[8];
	for (size_t room = 0; room < sizeof target; room++) {
		struct builder unpacked = builder_of(memory, room);
		assert_true(reads(TYPE_NS, span_of(target, sizeof target), 0, sizeof target, &unpacked));
		assert_true(unpacked.overflowed);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type_is_sampled),
		cmocka_unit_test(round_trips_through_ldns),
		cmocka_unit_test(every_prefix_is_refused_or_consistent),
		cmocka_unit_test(forms_are_checked),
		cmocka_unit_test(pointers_where_rfc_3597_allows),
		cmocka_unit_test(compressed_where_rfc_3597_allows),
		cmocka_unit_test(canonical_form_lowers_names_only),
		cmocka_unit_test(equality_is_blind_in_names_only),
		cmocka_unit_test(targets),
		cmocka_unit_test(no_room),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
