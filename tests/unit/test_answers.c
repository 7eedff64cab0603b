#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cache/answers.h"
#include "wire/codes.h"
#include "wire/msg.h"

struct fixture {
	struct answers *answers;
	struct name_buffer buffer, spelt;
	struct answers_key key;
	uint8_t octets[512];
	size_t size;
};

/* A message with one CNAME and two addresses, TTLs 300 and 60. */
static int set_up(void **state)
{
	static struct fixture fixture;
	struct arena arena = arena_of(0);
	struct name_buffer other;
	struct name target;
	struct rrset cname, address;
	fixture.answers = answers_create(1 << 20, (struct hash_key){ 3, 4 });
	name_of_text("www.example.com", &fixture.buffer, &fixture.key.name);
	name_of_text("web.example.com", &other, &target);
	fixture.key.type = TYPE_A;
	rrset_of_one(&arena, fixture.key.name, TYPE_CNAME, 300, span_of(target.octets, target.size), &cname);
	rrset_of_one(&arena, target, TYPE_A, 60, span_of("\300\0\2\1", 4), &address);
	struct builder builder = builder_of(fixture.octets, sizeof fixture.octets);
	struct msg_writer writer;
	msg_begin(&writer, &builder, 99, FLAG_QR | FLAG_RA | FLAG_RD);
	msg_question(&writer, &(struct question){ fixture.key.name, TYPE_A, CLASS_IN });
	msg_rrset(&writer, SECTION_ANSWER, &cname, 300, false);
	msg_rrset(&writer, SECTION_ANSWER, &address, 60, false);
	bool good = msg_end(&writer) && fixture.answers != NULL;
	fixture.size = builder.size;
	arena_free(&arena);
	*state = &fixture;
	return !good;
}

static int tear_down(void **state)
{
	answers_destroy(((struct fixture *)*state)->answers);
	return 0;
}

static size_t get(struct fixture *fixture, uint64_t age, const char *spelt, uint8_t *into, size_t capacity, int *ede)
{
	struct name name;
	uint8_t question[300];
	struct answers_key key = fixture->key;
	assert_true(name_of_text(spelt, &fixture->spelt, &name));
	memcpy(question, name.octets, name.size);
	memcpy(question + name.size, "\0\1\0\1", 4);
	key.name = name;
	return answers_get(fixture->answers, &key, age, 0x1234, FLAG_RD, span_of(question, name.size + 4u), into,
			   capacity, ede);
}

static void put(struct fixture *fixture, uint64_t age, uint32_t ttl, int ede)
{
	answers_put(fixture->answers, &fixture->key, age, ttl, span_of(fixture->octets, fixture->size), ede);
}

static void a_hit_is_the_message_again(void **state)
{
	struct fixture *fixture = *state;
	uint8_t into[512];
	int ede = 0;
	struct arena arena = arena_of(0);
	struct msg msg;
	put(fixture, 1000, 60, EDE_NONE);
	size_t size = get(fixture, 1010, "WWW.example.COM", into, sizeof into, &ede);
	assert_int_equal(size, fixture->size);
	assert_int_equal(ede, EDE_NONE);
	assert_true(msg_read(span_of(into, size), &arena, &msg));
	assert_int_equal(msg.header.id, 0x1234);
	assert_int_equal(msg.header.flags, FLAG_QR | FLAG_RA | FLAG_RD);
	assert_memory_equal(into + HEADER_SIZE, "\3WWW\7example\3COM", 17);
	assert_int_equal(msg.answer.count, 2);
	assert_int_equal(msg.answer.rrsets[0].ttl, 290);
	assert_int_equal(msg.answer.rrsets[1].ttl, 50);
	arena_free(&arena);
}

static void it_ends_with_its_ttl(void **state)
{
	struct fixture *fixture = *state;
	uint8_t into[512];
	int ede;
	put(fixture, 1000, 60, EDE_STALE_ANSWER);
	assert_true(get(fixture, 1059, "www.example.com", into, sizeof into, &ede) > 0);
	assert_int_equal(ede, EDE_STALE_ANSWER);
	assert_int_equal(get(fixture, 1060, "www.example.com", into, sizeof into, &ede), 0);
	put(fixture, 1000, 0, EDE_NONE);
	assert_int_equal(get(fixture, 1060, "www.example.com", into, sizeof into, &ede), 0);
}

static void no_room_is_no_hit(void **state)
{
	struct fixture *fixture = *state;
	uint8_t into[512];
	int ede;
	put(fixture, 1000, 60, EDE_NONE);
	assert_int_equal(get(fixture, 1000, "www.example.com", into, fixture->size - 1, &ede), 0);
	assert_int_equal(get(fixture, 1000, "www.example.com", into, fixture->size, &ede), fixture->size);
	assert_int_equal(get(fixture, 1000, "www.example.org", into, fixture->size, &ede), 0);
	fixture->key.variant = 1;
	assert_int_equal(get(fixture, 1000, "www.example.com", into, sizeof into, &ede), 0);
	fixture->key.variant = 0;
	answers_clear(fixture->answers);
	assert_int_equal(get(fixture, 1000, "www.example.com", into, sizeof into, &ede), 0);
}

/* The pointers of the tail would be elsewhere. */
static void only_for_a_question_of_its_size(void **state)
{
	struct fixture *fixture = *state;
	struct name_buffer buffer;
	uint8_t into[512];
	int ede;
	struct answers_key other = fixture->key;
	put(fixture, 1000, 60, EDE_NONE);
	struct span cut = span_of(fixture->octets + HEADER_SIZE, fixture->key.name.size + 3u);
	assert_int_equal(answers_get(fixture->answers, &fixture->key, 1000, 1, 0, cut, into, sizeof into, &ede), 0);
	assert_true(name_of_text("example.com", &buffer, &other.name));
	answers_put(fixture->answers, &other, 1000, 60, span_of(fixture->octets, fixture->size), EDE_NONE);
	struct span question = span_of(fixture->octets + HEADER_SIZE + 4, other.name.size + 4u);
	assert_int_equal(answers_get(fixture->answers, &other, 1000, 1, 0, question, into, sizeof into, &ede), 0);
}

/* Every beginning of a message, and one with something behind it. */
static void what_is_malformed_is_not_kept(void **state)
{
	struct fixture *fixture = *state;
	uint8_t into[512];
	int ede;
	size_t whole = fixture->size;
	for (fixture->size = 0; fixture->size < whole; fixture->size++)
		put(fixture, 1000, 60, EDE_NONE);
	fixture->size = whole + 1;
	put(fixture, 1000, 60, EDE_NONE);
	assert_int_equal(get(fixture, 1000, "www.example.com", into, sizeof into, &ede), 0);
	fixture->size = whole;
	fixture->octets[5] = 2;
	put(fixture, 1000, 60, EDE_NONE);
	assert_int_equal(get(fixture, 1000, "www.example.com", into, sizeof into, &ede), 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_hit_is_the_message_again),
		TEST(it_ends_with_its_ttl),
		TEST(no_room_is_no_hit),
		TEST(only_for_a_question_of_its_size),
		TEST(what_is_malformed_is_not_kept),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
