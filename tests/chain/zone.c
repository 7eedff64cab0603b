#include "zone.h"

#include "wire/codes.h"
#include "wire/msg.h"

#include <errno.h>
#include <ldns/ldns.h>
#include <stdio.h>
#include <stdlib.h>

#define ZONE_TTL 86400u

static struct name take_name(struct arena *arena, const ldns_rdf *rdf)
{
	struct cursor cursor = cursor_of(span_of(ldns_rdf_data(rdf), ldns_rdf_size(rdf)));
	struct name name;
	if (!name_read_plain(&cursor, &name))
		return (struct name){ 0 };
	return name_copy(arena, name);
}

static struct span take_rdata(struct arena *arena, const ldns_rr *record)
{
	uint8_t octets[MSG_SIZE_MAX];
	struct builder builder = builder_of(octets, sizeof octets);
	for (size_t i = 0; i < ldns_rr_rd_count(record); i++) {
		const ldns_rdf *rdf = ldns_rr_rdf(record, i);
		builder_octets(&builder, span_of(ldns_rdf_data(rdf), ldns_rdf_size(rdf)));
	}
	return arena_copy(arena, builder_written(&builder));
}

static bool make_room(struct zone *zone)
{
	if (zone->count < zone->capacity)
		return true;
	size_t capacity = zone->capacity == 0 ? 1024 : 2 * zone->capacity;
	struct zone_record *records = arena_alloc(zone->arena, capacity * sizeof *records);
	if (records == NULL)
		return false;
	if (zone->count > 0)
		memcpy(records, zone->records, zone->count * sizeof *records);
	zone->records = records;
	zone->capacity = capacity;
	return true;
}

static bool add_record(struct zone *zone, const ldns_rr *rr)
{
	if (!make_room(zone))
		return false;
	struct zone_record *record = &zone->records[zone->count];
	*record = (struct zone_record){ .place = take_name(zone->arena, ldns_rr_owner(rr)),
					.type = (uint16_t)ldns_rr_get_type(rr),
					.shown = { .owner = take_name(zone->arena, ldns_rr_owner(rr)),
						   .type = (uint16_t)ldns_rr_get_type(rr),
						   .class = (uint16_t)ldns_rr_get_class(rr),
						   .ttl = ldns_rr_ttl(rr),
						   .rdata = take_rdata(zone->arena, rr) } };
	if (record->place.octets == NULL || record->shown.owner.octets == NULL || record->shown.rdata.octets == NULL)
		return false;
	record->signature = record->type == TYPE_RRSIG;
	if (record->signature)
		record->type = (uint16_t)(record->shown.rdata.octets[0] << 8 | record->shown.rdata.octets[1]);
	zone->count++;
	return true;
}

static bool read_records(struct zone *zone, FILE *file, char *problem, size_t problem_size)
{
	uint32_t ttl = ZONE_TTL;
	ldns_rdf *origin = ldns_dname_new_frm_str("."), *owner = NULL;
	int line = 0;
	bool good = origin != NULL;
	while (good && !feof(file)) {
		ldns_rr *rr = NULL;
		ldns_status status = ldns_rr_new_frm_fp_l(&rr, file, &ttl, &origin, &owner, &line);
		if (status == LDNS_STATUS_OK)
			good = add_record(zone, rr);
		else
			good = status == LDNS_STATUS_SYNTAX_EMPTY || status == LDNS_STATUS_SYNTAX_TTL ||
			       status == LDNS_STATUS_SYNTAX_ORIGIN;
		if (!good)
			snprintf(problem, problem_size, "line %d: %s", line,
				 status == LDNS_STATUS_OK ? "out of memory" : ldns_get_errorstr_by_id(status));
		ldns_rr_free(rr);
	}
	ldns_rdf_deep_free(origin);
	ldns_rdf_deep_free(owner);
	return good;
}

static int compare_records(const void *first, const void *second)
{
	const struct zone_record *a = first, *b = second;
	int order = name_compare(a->place, b->place);
	if (order == 0)
		order = (a->type > b->type) - (a->type < b->type);
	return order != 0 ? order : a->signature - b->signature;
}

static bool list_nsecs(struct zone *zone)
{
	zone->nsecs = arena_alloc(zone->arena, zone->count * sizeof(struct zone_record *));
	if (zone->nsecs == NULL)
		return false;
	for (size_t i = 0; i < zone->count; i++)
		if (zone->records[i].type == TYPE_NSEC && !zone->records[i].signature)
			zone->nsecs[zone->nsec_count++] = &zone->records[i];
	return zone->nsec_count > 0;
}

bool zone_read(struct zone *zone, const char *path, struct arena *arena, char *problem, size_t problem_size)
{
	*zone = (struct zone){ .arena = arena };
	FILE *file = fopen(path, "r");
	if (file == NULL) {
		snprintf(problem, problem_size, "%s", strerror(errno));
		return false;
	}
	bool good = read_records(zone, file, problem, problem_size);
	fclose(file);
	if (!good)
		return false;
	qsort(zone->records, zone->count, sizeof zone->records[0], compare_records);
	snprintf(problem, problem_size, "no NSEC records");
	return list_nsecs(zone);
}

static struct zone_rrset run_of(const struct zone *zone, struct zone_record *first)
{
	struct zone_rrset rrset = { .at = first };
	const struct zone_record *end = zone->records + zone->count;
	for (const struct zone_record *at = first;
	     at < end && at->type == first->type && name_equal(at->place, first->place); at++) {
		rrset.count++;
		rrset.signatures += at->signature;
	}
	return rrset;
}

bool zone_find(const struct zone *zone, struct name name, uint16_t type, struct zone_rrset *rrset)
{
	const struct zone_record wanted = { .place = name, .type = type };
	size_t from = 0, to = zone->count;
	while (from < to) {
		size_t middle = (from + to) / 2;
		if (compare_records(&zone->records[middle], &wanted) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	if (from == zone->count || zone->records[from].type != type || !name_equal(zone->records[from].place, name))
		return false;
	*rrset = run_of(zone, &zone->records[from]);
	return true;
}

struct zone_rrset zone_nsec_before(const struct zone *zone, struct name name)
{
	size_t from = 1, to = zone->nsec_count;
	while (from < to) {
		size_t middle = (from + to) / 2;
		if (name_compare(zone->nsecs[middle]->place, name) <= 0)
			from = middle + 1;
		else
			to = middle;
	}
	return run_of(zone, zone->nsecs[from - 1]);
}
