#include "text/anchorstate.h"

#include "base/date.h"
#include "base/hash.h"
#include "dnssec/keys.h"
#include "text/zonefile.h"
#include "wire/codes.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#define HEAD "rootwalk-anchor-state"
#define VERSION "1"
#define BASE64_SIZE (LIMIT_ANCHOR_OCTETS / 3 * 4 + 5)
#define OUT_OF_MEMORY "out of memory"
#define WORDS_MAX 16u

static bool tell(char *problem, size_t problem_size, const char *path, const char *why)
{
	snprintf(problem, problem_size, "%s: %s", path, why);
	return false;
}

/* No secret: it is to find accidents, not forgers, who could write the whole file. */
static uint64_t checksum(struct span octets)
{
	static const struct hash_key key = { 0x726f6f7477616c6b, 1 };
	return hash_octets(&key, octets);
}

/* ---- writing ---- */

/* False when out of memory. */
static bool write_octets(FILE *out, ldns_rdf_type type, struct span octets)
{
	ldns_rdf *rdf = ldns_rdf_new_frm_data(type, octets.size, octets.octets);
	char *text = rdf != NULL ? ldns_rdf2str(rdf) : NULL;
	if (text != NULL)
		fputs(text, out);
	free(text);
	ldns_rdf_deep_free(rdf);
	return text != NULL;
}

static bool write_rdata(FILE *out, const struct anchor *anchor)
{
	struct span rdata = span_of(anchor->rdata, anchor->size);
	struct dnskey dnskey;
	struct ds ds;
	if (anchor->type == TYPE_DNSKEY && dnskey_read(rdata, &dnskey)) {
		fprintf(out, "DNSKEY %u %u %u ", dnskey.flags, dnskey.protocol, dnskey.algorithm);
		if (!write_octets(out, LDNS_RDF_TYPE_B64, dnskey.public_key))
			return false;
		fprintf(out, " ; %u\n", dnskey.tag);
		return true;
	}
	if (!ds_read(rdata, &ds))
		return true;
	fprintf(out, "DS %u %u %u ", ds.tag, ds.algorithm, ds.digest_type);
	bool good = write_octets(out, LDNS_RDF_TYPE_HEX, ds.digest);
	fputc('\n', out);
	return good;
}

static bool write_point(FILE *out, const struct trust_point *point)
{
	bool good = true;
	char zone[NAME_TEXT_SIZE], first[DATE_TEXT_SIZE], second[DATE_TEXT_SIZE];
	(void)name_to_text(anchor_zone(point), zone);
	fprintf(out, "zone %s looked %s next %s ttl %" PRIu32 " life %" PRIu32 "\n", zone,
		date_to_text(point->looked, first), date_to_text(point->next, second), point->ttl, point->life);
	for (unsigned int i = 0; good && i < point->count; i++) {
		const struct anchor *anchor = &point->anchors[i];
		if (anchor->state == ANCHOR_START)
			continue;
		fprintf(out, "key %s %s since %s ", zone, anchor_state_to_text(anchor->state),
			date_to_text(anchor->since, first));
		if (anchor->state == ANCHOR_ADDPEND)
			fprintf(out, "until %s ", date_to_text(anchor->until, second));
		good = write_rdata(out, anchor);
	}
	return good;
}

/* The whole file, to be freed; NULL when out of memory. */
static char *make_text(const struct trust_point *points, size_t count, size_t *size)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, size);
	if (out == NULL)
		return NULL;
	fputs(HEAD " " VERSION "\n"
	      "; Trust anchors as their zones change them (RFC 5011). rootwalk writes this file; one that was changed by\n"
	      "; hand is refused. Without it everything begins anew with the anchors of the configuration.\n", out);
	bool good = true;
	for (size_t i = 0; good && i < count; i++)
		good = write_point(out, &points[i]);
	good = fflush(out) == 0 && good;
	if (good)
		fprintf(out, "end %016" PRIx64 "\n", checksum(span_of(text, *size)));
	good = !ferror(out) && good;
	good = fclose(out) == 0 && good;
	if (good)
		return text;
	free(text);
	return NULL;
}

static bool write_all(int fd, const char *text, size_t size)
{
	while (size > 0) {
		ssize_t written = write(fd, text, size);
		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return false;
		text += written;
		size -= (size_t)written;
	}
	return true;
}

/* The file on the disk, with all in it. False leaves errno. */
static bool write_aside(const char *aside, const char *text, size_t size)
{
	int fd = open(aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return false;
	bool good = write_all(fd, text, size) && fsync(fd) == 0;
	int why = errno;
	if (close(fd) != 0 && good) {
		why = errno;
		good = false;
	}
	errno = why;
	return good;
}

/* That the name points to the new file must reach the disk too. A file system that cannot do that has none. */
static void sync_folder(const char *path)
{
	char folder[4096] = ".";
	const char *slash = strrchr(path, '/');
	if (slash != NULL)
		snprintf(folder, sizeof folder, "%.*s", slash == path ? 1 : (int)(slash - path), path);
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return;
	(void)fsync(fd);
	close(fd);
}

static bool replace(const char *path, const char *text, size_t size)
{
	char aside[4096];
	if ((size_t)snprintf(aside, sizeof aside, "%s.new", path) >= sizeof aside) {
		errno = ENAMETOOLONG;
		return false;
	}
	if (!write_aside(aside, text, size) || rename(aside, path) != 0) {
		int why = errno;
		unlink(aside);
		errno = why;
		return false;
	}
	sync_folder(path);
	return true;
}

bool anchorstate_write(const char *path, const struct trust_point *points, size_t count, char *problem,
		       size_t problem_size)
{
	size_t size = 0;
	char why[256];
	char *text = make_text(points, count, &size);
	if (text == NULL)
		return tell(problem, problem_size, path, OUT_OF_MEMORY);
	bool good = replace(path, text, size);
	if (!good) {
		snprintf(why, sizeof why, "cannot be written: %s", strerror(errno));
		(void)tell(problem, problem_size, path, why);
	}
	free(text);
	return good;
}

/* ---- reading ---- */

struct reading {
	struct arena *arena;
	struct anchor_states *states;
	char *words[WORDS_MAX]; /* of the line */
	unsigned int count;
};

/* Comments begin with a semicolon that begins a word. */
static void split(struct reading *reading, char *line)
{
	char *rest, *comment = *line == ';' ? line : strstr(line, " ;");
	if (comment != NULL)
		*comment = '\0';
	reading->count = 0;
	for (char *word = strtok_r(line, " ", &rest); word != NULL && reading->count < WORDS_MAX;
	     word = strtok_r(NULL, " ", &rest))
		reading->words[reading->count++] = word;
}

/* The word behind `name`, which stands in this place; NULL when it does not. */
static const char *value_at(const struct reading *reading, unsigned int place, const char *name)
{
	if (place + 1 >= reading->count || strcmp(reading->words[place], name) != 0)
		return NULL;
	return reading->words[place + 1];
}

static bool date_at(const struct reading *reading, unsigned int place, const char *name, int64_t *date)
{
	const char *text = value_at(reading, place, name);
	return text != NULL && date_of_text(text, date);
}

static bool number_at(const struct reading *reading, unsigned int place, const char *name, uint32_t *number)
{
	const char *text = value_at(reading, place, name);
	char *end;
	if (text == NULL || *text < '0' || *text > '9')
		return false;
	errno = 0;
	unsigned long long value = strtoull(text, &end, 10);
	*number = (uint32_t)value;
	return errno == 0 && *end == '\0' && value <= UINT32_MAX;
}

/* zone NAME looked DATE next DATE ttl NUMBER life NUMBER */
static bool read_zone(struct reading *reading)
{
	struct name_buffer buffer;
	struct name zone;
	if (reading->count != 10 || reading->states->count == LIMIT_ANCHOR_RRSETS ||
	    !name_of_text(reading->words[1], &buffer, &zone))
		return false;
	struct trust_point *point = &reading->states->points[reading->states->count++];
	anchor_begin(point, zone);
	return date_at(reading, 2, "looked", &point->looked) && date_at(reading, 4, "next", &point->next) &&
	       number_at(reading, 6, "ttl", &point->ttl) && number_at(reading, 8, "life", &point->life);
}

/* What is left of the line, as a record of the zone. */
static bool restore(struct reading *reading, struct trust_point *point, struct anchor *anchor, unsigned int place)
{
	char text[NAME_TEXT_SIZE + BASE64_SIZE + 64];
	ldns_rr *record = NULL;
	if (place + 5 != reading->count)
		return false;
	snprintf(text, sizeof text, ". IN %s %s %s %s %s", reading->words[place], reading->words[place + 1],
		 reading->words[place + 2], reading->words[place + 3], reading->words[place + 4]);
	if (ldns_rr_new_frm_str(&record, text, 0, NULL, NULL) != LDNS_STATUS_OK)
		return false;
	anchor->type = (uint16_t)ldns_rr_get_type(record);
	bool good = anchor_restore(point, anchor, zonefile_rdata(reading->arena, record));
	ldns_rr_free(record);
	return good;
}

/* key NAME STATE since DATE [until DATE] TYPE and four fields of RDATA */
static bool read_key(struct reading *reading)
{
	struct name_buffer buffer;
	struct name zone;
	struct anchor anchor = { 0 };
	if (reading->count < 5 || reading->states->count == 0 || !name_of_text(reading->words[1], &buffer, &zone))
		return false;
	struct trust_point *point = &reading->states->points[reading->states->count - 1];
	if (!name_equal(zone, anchor_zone(point)) || !anchor_state_of_text(reading->words[2], &anchor.state) ||
	    anchor.state == ANCHOR_START || !date_at(reading, 3, "since", &anchor.since))
		return false;
	bool pending = anchor.state == ANCHOR_ADDPEND;
	if (pending && !date_at(reading, 5, "until", &anchor.until))
		return false;
	return restore(reading, point, &anchor, pending ? 7 : 5);
}

static bool read_line(struct reading *reading, char *line)
{
	split(reading, line);
	if (reading->count == 0)
		return true;
	if (strcmp(reading->words[0], "zone") == 0)
		return read_zone(reading);
	return strcmp(reading->words[0], "key") == 0 && read_key(reading);
}

/* Why the text is not what was written once, or NULL; without its head and its end it is *body then. */
static const char *check_frame(char *text, size_t size, char **body)
{
	char wanted[32];
	size_t head = strcspn(text, "\n");
	if (strncmp(text, HEAD " ", sizeof HEAD) != 0)
		return "is no file of trust anchor states";
	if (head != sizeof HEAD " " VERSION - 1 || strncmp(text + sizeof HEAD, VERSION, sizeof VERSION - 1) != 0)
		return "was written by another version of rootwalk";
	const size_t end = sizeof "end 0123456789abcdef\n" - 1;
	if (size < head + 1 + end)
		return "is damaged: its end is missing";
	snprintf(wanted, sizeof wanted, "end %016" PRIx64 "\n", checksum(span_of(text, size - end)));
	if (memcmp(text + size - end, wanted, end) != 0)
		return "is damaged: its checksum is wrong";
	text[size - end] = '\0';
	*body = text + head + 1;
	return NULL;
}

static const char *parse(struct reading *reading, char *text, size_t size)
{
	char *rest, *body;
	const char *why = check_frame(text, size, &body);
	if (why != NULL)
		return why;
	reading->states->points = arena_alloc(reading->arena, LIMIT_ANCHOR_RRSETS * sizeof *reading->states->points);
	if (reading->states->points == NULL)
		return OUT_OF_MEMORY;
	for (char *line = strtok_r(body, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest))
		if (!read_line(reading, line))
			return "has a line that rootwalk would not have written";
	return NULL;
}

/* The file with a zero behind it, to be freed; NULL and why. */
static char *load(const char *path, size_t *size, const char **why)
{
	FILE *file = fopen(path, "rb");
	*why = strerror(errno);
	*size = 0;
	if (file == NULL)
		return NULL;
	char *text = malloc(LIMIT_ANCHOR_FILE_OCTETS + 1);
	*why = OUT_OF_MEMORY;
	if (text != NULL) {
		errno = 0;
		*size = fread(text, 1, LIMIT_ANCHOR_FILE_OCTETS, file);
		text[*size] = '\0';
		*why = ferror(file) ? strerror(errno) : "is damaged: it is far too long";
		if (ferror(file) || *size == LIMIT_ANCHOR_FILE_OCTETS) {
			free(text);
			text = NULL;
		}
	}
	fclose(file);
	return text;
}

bool anchorstate_read(const char *path, struct arena *arena, struct anchor_states *states, char *problem,
		      size_t problem_size)
{
	struct reading reading = { .arena = arena, .states = states };
	const char *why;
	size_t size;
	*states = (struct anchor_states){ 0 };
	errno = 0;
	char *text = load(path, &size, &why);
	if (text == NULL)
		return errno == ENOENT || tell(problem, problem_size, path, why);
	why = parse(&reading, text, size);
	free(text);
	if (why == NULL)
		return true;
	*states = (struct anchor_states){ 0 };
	return tell(problem, problem_size, path, why);
}
