#include "entry.h"

#include "wire/codes.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#define DEFAULT_CLASS "IN"

void *reading_refuse(struct reading *reading, const char *why, const char *word)
{
	snprintf(reading->problem, sizeof reading->problem, "line %zu: %s%s%s", reading->lines.number, why,
		 word != NULL ? ": " : "", word != NULL ? word : "");
	return NULL;
}

static bool refuse(struct reading *reading, const char *why, const char *word)
{
	reading_refuse(reading, why, word);
	return false;
}

struct word {
	const char *word;
	unsigned int bits;
};

/* The bits of a word; 0 when it is none of them. */
static unsigned int find_word(const struct word *words, size_t count, const char *word)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(words[i].word, word) == 0)
			return words[i].bits;
	return 0;
}

#define FIND_WORD(words, word) find_word((words), sizeof(words) / sizeof((words)[0]), (word))

static bool read_match(struct reading *reading, struct entry *entry, char *rest)
{
	static const struct word words[] = {
		{ "opcode", MATCH_OPCODE },	  { "qtype", MATCH_QTYPE },
		{ "qname", MATCH_QNAME },	  { "question", MATCH_QTYPE | MATCH_QNAME },
		{ "qcase", MATCH_QCASE },	  { "subdomain", MATCH_SUBDOMAIN },
		{ "flags", MATCH_FLAGS },	  { "rcode", MATCH_RCODE },
		{ "answer", MATCH_ANSWER },	  { "authority", MATCH_AUTHORITY },
		{ "additional", MATCH_ADDITIONAL }, { "edns", MATCH_EDNS },
		{ "all", MATCH_ALL },		  { "ttl", MATCH_TTL },
		{ "UDP", MATCH_UDP },		  { "TCP", MATCH_TCP },
		{ "DO", MATCH_DO },		  { "noedns", MATCH_NO_EDNS },
		{ "ednsdata", MATCH_OPTIONS },
	};
	for (char *word = lines_word(&rest); word != NULL; word = lines_word(&rest)) {
		unsigned int bits = FIND_WORD(words, word);
		entry->match |= bits;
		if (bits != 0)
			continue;
		if (strncmp(word, "ede=", 4) == 0) {
			entry->match |= MATCH_EDE;
			entry->ede = strcmp(word + 4, "any") == 0 ? MATCH_EDE_ANY : atoi(word + 4);
		} else if (strcmp(word, "server_cookie") == 0 || strncmp(word, "serial=", 7) == 0) {
			reading->feature = "MATCH words for cookies and serials";
		} else {
			return refuse(reading, "unknown MATCH word", word);
		}
	}
	return true;
}

static bool read_adjust(struct reading *reading, struct entry *entry, char *rest)
{
	static const struct word words[] = {
		{ "copy_id", ADJUST_COPY_ID }, { "copy_query", ADJUST_COPY_QUERY },
		{ "raw_id", ADJUST_RAW_ID },   { "do_not_answer", ADJUST_DO_NOT_ANSWER },
		{ "no_edns", ADJUST_NO_EDNS }, { "keep_case", ADJUST_KEEP_CASE },
	};
	for (char *word = lines_word(&rest); word != NULL; word = lines_word(&rest)) {
		unsigned int bits = FIND_WORD(words, word);
		entry->adjust |= bits;
		if (bits == 0)
			return refuse(reading, "unknown ADJUST word", word);
	}
	return true;
}

/* Flags, an rcode or an opcode; each is a small number behind its kind. */
static bool read_reply(struct reading *reading, struct entry *entry, char *rest)
{
	enum { FLAG = 1 << 16, RCODE = 1 << 17, OPCODE = 1 << 18, DNSSEC_OK = 1 << 19 };
	static const struct word words[] = {
		{ "QR", FLAG | FLAG_QR }, { "AA", FLAG | FLAG_AA }, { "TC", FLAG | FLAG_TC },
		{ "RD", FLAG | FLAG_RD }, { "RA", FLAG | FLAG_RA }, { "AD", FLAG | FLAG_AD },
		{ "CD", FLAG | FLAG_CD }, { "DO", DNSSEC_OK },	    { "NOERROR", RCODE | RCODE_NOERROR },
		{ "FORMERR", RCODE | RCODE_FORMERR },  { "SERVFAIL", RCODE | RCODE_SERVFAIL },
		{ "NXDOMAIN", RCODE | RCODE_NXDOMAIN }, { "NOTIMP", RCODE | RCODE_NOTIMP },
		{ "NOTIMPL", RCODE | RCODE_NOTIMP },   { "REFUSED", RCODE | RCODE_REFUSED },
		{ "YXDOMAIN", RCODE | RCODE_YXDOMAIN }, { "YXRRSET", RCODE | RCODE_YXRRSET },
		{ "NXRRSET", RCODE | RCODE_NXRRSET },  { "NOTAUTH", RCODE | RCODE_NOTAUTH },
		{ "NOTZONE", RCODE | RCODE_NOTZONE },  { "BADVERS", RCODE | RCODE_BADVERS },
		{ "QUERY", OPCODE | OPCODE_QUERY },    { "NOTIFY", OPCODE | OPCODE_NOTIFY },
		{ "UPDATE", OPCODE | OPCODE_UPDATE },
	};
	for (char *word = lines_word(&rest); word != NULL; word = lines_word(&rest)) {
		unsigned int bits = FIND_WORD(words, word);
		if ((bits & FLAG) != 0)
			entry->message.flags = (uint16_t)(entry->message.flags | (bits & 0xffff));
		else if ((bits & RCODE) != 0)
			entry->message.rcode = (uint16_t)bits;
		else if ((bits & OPCODE) != 0)
			entry->message.opcode = (uint8_t)bits;
		else if ((bits & DNSSEC_OK) != 0)
			entry->message.dnssec_ok = true;
		else
			return refuse(reading, "unknown REPLY word", word);
	}
	return true;
}

static bool is_class(const char *word)
{
	return strcasecmp(word, "IN") == 0 || strcasecmp(word, "CH") == 0 || strcasecmp(word, "HS") == 0 ||
	       strcasecmp(word, "ANY") == 0 || strncasecmp(word, "CLASS", 5) == 0;
}

static bool is_number(const char *word)
{
	return word[0] != '\0' && word[strspn(word, "0123456789")] == '\0';
}

static bool read_question(struct reading *reading, struct entry *entry, char *line)
{
	struct question *question = &entry->message.question;
	struct name_buffer buffer;
	char *name = lines_word(&line), *word = lines_word(&line);
	if (entry->message.has_question)
		return refuse(reading, "a second question", name);
	if (word == NULL || !name_of_text(name, &buffer, &question->name))
		return refuse(reading, "this is no question", name);
	const char *type = word, *more = lines_word(&line);
	question->class = CLASS_IN;
	if (more != NULL) {
		type = more;
		question->class = (uint16_t)ldns_get_rr_class_by_name(word);
		if (!is_class(word))
			return refuse(reading, "unknown class", word);
	}
	if (!type_of_text(type, &question->type))
		return refuse(reading, "unknown type", type);
	question->name = name_copy(reading->arena, question->name);
	entry->message.has_question = true;
	return question->name.octets != NULL;
}

/* Owner, TTL and class in the order that ldns expects, whatever was there. */
static char *order_fields(struct reading *reading, char *line)
{
	size_t room = strlen(line) + 32;
	char *ordered = arena_alloc(reading->arena, room);
	const char *owner = lines_word(&line), *class = DEFAULT_CLASS;
	char ttl[16];
	snprintf(ttl, sizeof ttl, "%lu", (unsigned long)reading->ttl);
	const char *word = lines_word(&line);
	for (unsigned int i = 0; i < 2 && word != NULL; i++) {
		if (is_number(word))
			snprintf(ttl, sizeof ttl, "%.10s", word);
		else if (is_class(word))
			class = word;
		else
			break;
		word = lines_word(&line);
	}
	if (ordered == NULL || word == NULL)
		return NULL;
	/* Octets (RFC 3597) are taken as they are, also where the type wants others. */
	reading->true_type = 0;
	if (strncmp(line, "\\#", 2) == 0) {
		reading->true_type = (uint16_t)ldns_get_rr_type_by_name(word);
		word = "TYPE65280";
	}
	snprintf(ordered, room, "%s %s %s %s %s", owner, ttl, class, word, line);
	return ordered;
}

bool entry_read_record(struct reading *reading, struct records *records, char *line)
{
	ldns_rr *record = NULL;
	char *ordered = order_fields(reading, line);
	if (ordered == NULL)
		return refuse(reading, "this is no record", line);
	ldns_status status = ldns_rr_new_frm_str(&record, ordered, reading->ttl, reading->origin, &reading->owner);
	if (status != LDNS_STATUS_OK)
		return refuse(reading, ldns_get_errorstr_by_id(status), ordered);
	if (reading->true_type != 0)
		ldns_rr_set_type(record, reading->true_type);
	bool added = message_add(reading->arena, records, record);
	ldns_rr_free(record);
	return added || refuse(reading, "out of memory", NULL);
}

/* Hex digits of a line, blanks between them, added to the octets. */
static bool read_hex(struct builder *octets, const char *line)
{
	unsigned int value = 0, digits = 0;
	for (; *line != '\0'; line++) {
		if (isspace((unsigned char)*line))
			continue;
		if (!isxdigit((unsigned char)*line))
			return false;
		unsigned int digit = isdigit((unsigned char)*line) ? (unsigned int)(*line - '0') :
								     (unsigned int)((*line | 0x20) - 'a' + 10);
		value = value << 4 | digit;
		if (++digits % 2 == 0)
			builder_u8(octets, (uint8_t)value);
	}
	return digits % 2 == 0;
}

/* Lines of hex up to the word `end`, or one line when it is NULL. */
static bool read_octets(struct reading *reading, const char *end, struct span *octets)
{
	uint8_t room[MSG_SIZE_MAX];
	struct builder builder = builder_of(room, sizeof room);
	do {
		const char *line = lines_next(&reading->lines);
		if (line == NULL)
			return refuse(reading, "the file ends within octets", NULL);
		if (end != NULL && strcmp(line, end) == 0)
			break;
		if (!read_hex(&builder, line) || builder.overflowed)
			return refuse(reading, "these are no octets", line);
	} while (end != NULL);
	*octets = arena_copy(reading->arena, builder_written(&builder));
	return octets->size == builder.size;
}

static bool read_options(struct reading *reading, struct entry *entry)
{
	entry->has_options = entry->message.has_edns = true;
	return read_octets(reading, "HEX_EDNSDATA_END", &entry->message.options);
}

static bool read_origin(struct reading *reading, char *rest)
{
	ldns_rdf *origin = ldns_dname_new_frm_str(lines_word(&rest));
	if (origin == NULL)
		return refuse(reading, "this is no origin", NULL);
	ldns_rdf_deep_free(reading->origin);
	reading->origin = origin;
	return true;
}

enum { IN_QUESTION = MESSAGE_SECTIONS, IN_NOTHING };

static int find_section(const char *rest)
{
	static const char *const names[] = { "ANSWER", "AUTHORITY", "ADDITIONAL", "QUESTION" };
	for (int i = 0; i < IN_NOTHING; i++)
		if (strncmp(rest, names[i], strlen(names[i])) == 0)
			return i;
	return IN_NOTHING;
}

static bool read_datum(struct reading *reading, struct entry *entry, int section, char *line)
{
	if (section == IN_QUESTION)
		return read_question(reading, entry, line);
	if (section == IN_NOTHING)
		return refuse(reading, "this stands in no section", line);
	return entry_read_record(reading, &entry->message.sections[section], line);
}

/* What stands behind the keyword, when the line begins with it. */
static char *behind(char *line, const char *keyword)
{
	size_t size = strlen(keyword);
	if (strncmp(line, keyword, size) != 0 || (line[size] != '\0' && !isspace((unsigned char)line[size])))
		return NULL;
	line += size;
	return line + strspn(line, " \t");
}

static bool read_line(struct reading *reading, struct entry *entry, int *section, char *line)
{
	char *rest;
	if ((rest = behind(line, "MATCH")) != NULL)
		return read_match(reading, entry, rest);
	if ((rest = behind(line, "ADJUST")) != NULL)
		return read_adjust(reading, entry, rest);
	if ((rest = behind(line, "REPLY")) != NULL || (rest = behind(line, "FLAGS")) != NULL)
		return read_reply(reading, entry, rest);
	if ((rest = behind(line, "SECTION")) != NULL) {
		*section = find_section(rest);
		return *section != IN_NOTHING || refuse(reading, "unknown section", rest);
	}
	if (behind(line, "MANDATORY") != NULL)
		return entry->mandatory = true;
	if (behind(line, "RAW") != NULL) {
		entry->is_raw = true;
		return read_octets(reading, NULL, &entry->raw);
	}
	if (behind(line, "HEX_EDNSDATA_BEGIN") != NULL)
		return read_options(reading, entry);
	if ((rest = behind(line, "$ORIGIN")) != NULL)
		return read_origin(reading, rest);
	if ((rest = behind(line, "$TTL")) != NULL) {
		reading->ttl = (uint32_t)strtoul(rest, NULL, 10);
		return true;
	}
	if (behind(line, "TSIG") != NULL) {
		reading->feature = "TSIG";
		return true;
	}
	return read_datum(reading, entry, *section, line);
}

struct entry *entry_read(struct reading *reading)
{
	struct entry *entry = ARENA_NEW(reading->arena, struct entry);
	int section = IN_NOTHING;
	if (entry == NULL)
		return reading_refuse(reading, "out of memory", NULL);
	entry->line = reading->lines.number;
	entry->ede = EDE_NONE;
	for (;;) {
		char *line = lines_next_joined(&reading->lines);
		if (line == NULL)
			return reading_refuse(reading, "the file ends within an entry", NULL);
		if (strcmp(line, "ENTRY_END") == 0)
			return entry;
		if (!read_line(reading, entry, &section, line))
			return NULL;
	}
}
