/* Trust anchors: the table that is compiled in against the file of facts, and files with mistakes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>
#include <ldns/ldns.h>

#include "text/anchorfile.h"
#include "wire/codes.h"
#include "wire/limits.h"

#define DIGEST "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

struct fixture {
	struct arena arena;
	struct anchor_list list;
	char problem[512];
	char path[64]; /* of the file that is tried */
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	f->arena = arena_of(0);
	snprintf(f->path, sizeof f->path, "/tmp/rootwalk-anchors-%ld", (long)getpid());
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	arena_free(&f->arena);
	unlink(f->path);
	free(f);
	return 0;
}

static bool read_text(struct fixture *f, const char *text)
{
	FILE *file = fopen(f->path, "wb");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	return anchorfile_read(f->path, &f->arena, &f->list, f->problem, sizeof f->problem);
}

static void read_good(struct fixture *f, const char *text)
{
	if (!read_text(f, text))
		fail_msg("%s", f->problem);
}

/* The sentence behind the file's name. */
static void assert_refused(struct fixture *f, const char *text, const char *sentence)
{
	assert_false(read_text(f, text));
	assert_memory_equal(f->problem, f->path, strlen(f->path));
	assert_string_equal(f->problem + strlen(f->path), sentence);
}

/* The DS that ldns computes with SHA-256 from a DNSKEY's RDATA of the root. */
static struct span ds_of(struct arena *arena, struct span dnskey)
{
	ldns_rr *key = ldns_rr_new_frm_type(LDNS_RR_TYPE_DNSKEY);
	ldns_rr_set_owner(key, ldns_dname_new_frm_str("."));
	uint16_t flags = (uint16_t)(dnskey.octets[0] << 8 | dnskey.octets[1]);
	ldns_rr_set_rdf(key, ldns_native2rdf_int16(LDNS_RDF_TYPE_INT16, flags), 0);
	ldns_rr_set_rdf(key, ldns_native2rdf_int8(LDNS_RDF_TYPE_INT8, dnskey.octets[2]), 1);
	ldns_rr_set_rdf(key, ldns_native2rdf_int8(LDNS_RDF_TYPE_ALG, dnskey.octets[3]), 2);
	ldns_rr_set_rdf(key, ldns_rdf_new_frm_data(LDNS_RDF_TYPE_B64, dnskey.size - 4, dnskey.octets + 4), 3);
	ldns_rr *ds = ldns_key_rr2ds(key, LDNS_SHA256);
	assert_non_null(ds);
	struct builder builder = builder_of(arena_alloc(arena, 64), 64);
	for (size_t i = 0; i < ldns_rr_rd_count(ds); i++)
		builder_octets(&builder, span_of(ldns_rdf_data(ldns_rr_rdf(ds, i)), ldns_rdf_size(ldns_rr_rdf(ds, i))));
	ldns_rr_free(ds);
	ldns_rr_free(key);
	return builder_written(&builder);
}

static void the_table_is_the_file(void **state)
{
	struct fixture *f = *state;
	struct anchor_list table;
	char path[512];
	const char *source = getenv("srcdir");
	snprintf(path, sizeof path, "%s/root-hints/root.anchors", source != NULL ? source : ".");
	assert_true(anchorfile_built_in(&f->arena, &table));
	if (!anchorfile_read(path, &f->arena, &f->list, f->problem, sizeof f->problem))
		fail_msg("%s", f->problem);
	assert_int_equal(table.count, 1);
	assert_int_equal(f->list.count, 2);
	const struct rrset *ds = &f->list.rrsets[0], *dnskey = &f->list.rrsets[1];
	assert_int_equal(ds->type, TYPE_DS);
	assert_int_equal(dnskey->type, TYPE_DNSKEY);
	assert_int_equal(ds->count, 2);
	assert_true(name_is_root(table.rrsets[0].owner));
	assert_int_equal(table.rrsets[0].type, TYPE_DS);
	assert_int_equal(table.rrsets[0].class, CLASS_IN);
	assert_int_equal(table.rrsets[0].ttl, ds->ttl);
	assert_true(rrset_same_data(&table.rrsets[0], ds));

	struct rrset_walk keys = rrset_walk_data(dnskey), digests = rrset_walk_data(ds);
	struct span key, digest;
	for (unsigned int i = 0; i < 2; i++) {
		assert_true(rrset_next(&keys, &key) && rrset_next(&digests, &digest));
		assert_true(span_equal(ds_of(&f->arena, key), digest));
	}
}

static void several_zones_and_both_forms(void **state)
{
	struct fixture *f = *state;
	read_good(f, "; what a person writes\n"
		     "$ORIGIN example.\n"
		     "corp IN DS 1234 13 2 " DIGEST "\n"
		     "CORP.example. 300 DS 1234 13 2 " DIGEST "\n"
		     "corp DS 1235 8 1 0123456789abcdef0123456789abcdef01234567\n"
		     ". DNSKEY 257 3 15 ( l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4= )\n"
		     "corp DNSKEY 256 3 15 l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=\n");
	char text[NAME_TEXT_SIZE];
	assert_int_equal(f->list.count, 3);
	assert_string_equal(name_to_text(f->list.rrsets[0].owner, text), "corp.example.");
	assert_int_equal(f->list.rrsets[0].type, TYPE_DS);
	assert_int_equal(f->list.rrsets[0].count, 2); /* the one that is there twice counts once */
	assert_int_equal(rrset_first(&f->list.rrsets[0]).size, 36);
	assert_true(name_is_root(f->list.rrsets[1].owner));
	assert_int_equal(f->list.rrsets[1].type, TYPE_DNSKEY);
	assert_int_equal(rrset_first(&f->list.rrsets[1]).size, 36);
	assert_memory_equal(rrset_first(&f->list.rrsets[1]).octets, "\x01\x01\x03\x0f\x97\x4d\x96\xa2", 8);
	assert_int_equal(f->list.rrsets[2].count, 1);
}

static void mistakes_have_their_line(void **state)
{
	struct fixture *f = *state;
	assert_refused(f, "", ": there is no trust anchor in it");
	assert_refused(f, ". DS 1 8 2 " DIGEST "\n\n. A 192.0.2.1\n", ":3: a trust anchor is a DS or a DNSKEY record");
	assert_refused(f, ". CH DS 1 8 2 " DIGEST "\n", ":1: this record is not of class IN");
	assert_refused(f, "\n$INCLUDE other\n", ":2: $INCLUDE is not followed in trust anchors");
	assert_refused(f, ". DS 1 8 2 0011\n", ":1: this DS's digest has a wrong length");
	assert_refused(f, ". DS 1 8 1 " DIGEST "\n", ":1: this DS's digest has a wrong length");
	assert_refused(f, ". DS 1 8 3 " DIGEST "\n",
		       ":1: digests of this DS's type are not known; 1 (SHA-1), 2 (SHA-256) and 4 (SHA-384) are");
	assert_refused(f, ". DNSKEY 257 2 8 AwEAAQ==\n", ":1: this DNSKEY is not of protocol 3");
	assert_refused(f, ". DNSKEY 1 3 8 AwEAAQ==\n", ":1: this DNSKEY is no zone key (flags 256 or 257)");
	assert_refused(f, ". DNSKEY 385 3 8 AwEAAQ==\n", ":1: this DNSKEY is revoked");
	assert_refused(f, ". DNSKEY 257 3 253 AwEAAQ==\n", ":1: this DNSKEY's algorithm is not known here");
	assert_refused(f, ". DS 1 1 2 " DIGEST "\n", ":1: this DS's algorithm is not known here");
	assert_refused(f, ". DNSKEY 257 3 8 AwEAAQ==\n", ":1: this DNSKEY's key is malformed or of an odd size");
	assert_false(read_text(f, ". DS 1 8 2 " DIGEST "\n. DNSKEY 257 3 8 not*base64\n"));
	assert_non_null(strstr(f->problem, ":2: "));
	assert_false(read_text(f, "trust-anchors {\n . initial-ds 1 8 2 \"00\";\n};\n"));
	assert_non_null(strstr(f->problem, ":1: "));
}

static void lists_are_bounded(void **state)
{
	struct fixture *f = *state;
	char text[16384] = "", sentence[128];
	size_t size = 0;
	for (unsigned int i = 0; i <= LIMIT_ANCHORS_PER_ZONE; i++)
		size += (size_t)snprintf(text + size, sizeof text - size, ". DS %u 8 2 " DIGEST "\n", i);
	snprintf(sentence, sizeof sentence, ":%u: more trust anchors of one zone than rootwalk keeps",
		 LIMIT_ANCHORS_PER_ZONE + 1);
	assert_refused(f, text, sentence);
	size = 0;
	for (unsigned int i = 0; i <= LIMIT_ANCHOR_RRSETS; i++)
		size += (size_t)snprintf(text + size, sizeof text - size, "z%u. DS 1 8 2 " DIGEST "\n", i);
	snprintf(sentence, sizeof sentence, ":%u: more zones than rootwalk keeps trust anchors for",
		 LIMIT_ANCHOR_RRSETS + 1);
	assert_refused(f, text, sentence);
}

static void a_file_that_cannot_be_read_says_so(void **state)
{
	struct fixture *f = *state;
	assert_false(anchorfile_read("/nonexistent/anchors", &f->arena, &f->list, f->problem, sizeof f->problem));
	assert_string_equal(f->problem, "/nonexistent/anchors: No such file or directory");
	assert_false(anchorfile_read("/tmp", &f->arena, &f->list, f->problem, sizeof f->problem));
	assert_string_equal(f->problem, "/tmp: Is a directory");
}

static void memory_runs_out(void **state)
{
	struct fixture *f = *state;
	for (size_t ceiling = 1; ceiling < 32768; ceiling += 512) {
		struct arena small = arena_of(ceiling);
		struct anchor_list list;
		assert_true(anchorfile_built_in(&small, &list) || small.used <= ceiling);
		arena_free(&small);
	}
	f->arena = arena_of(1);
	assert_refused(f, ". DS 1 8 2 " DIGEST "\n", ": out of memory");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_table_is_the_file, set_up, tear_down),
		cmocka_unit_test_setup_teardown(several_zones_and_both_forms, set_up, tear_down),
		cmocka_unit_test_setup_teardown(mistakes_have_their_line, set_up, tear_down),
		cmocka_unit_test_setup_teardown(lists_are_bounded, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_file_that_cannot_be_read_says_so, set_up, tear_down),
		cmocka_unit_test_setup_teardown(memory_runs_out, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
