#include "text/zonefile.h"

#include <errno.h>
#include <string.h>

#define OUT_OF_MEMORY "out of memory"

bool zonefile_refuse(struct zonefile *file, size_t line, const char *why)
{
	const struct zonefile_setup *setup = &file->setup;
	if (file->failed)
		return false;
	file->failed = true;
	if (line == 0)
		snprintf(setup->problem, setup->problem_size, "%s: %s", setup->path, why);
	else
		snprintf(setup->problem, setup->problem_size, "%s:%zu: %s", setup->path, line, why);
	return false;
}

bool zonefile_open(struct zonefile *file, const struct zonefile_setup *setup)
{
	*file = (struct zonefile){ .setup = *setup, .ttl = setup->ttl };
	file->file = fopen(setup->path, "rb");
	if (file->file == NULL)
		return zonefile_refuse(file, 0, strerror(errno));
	file->origin = ldns_dname_new_frm_str(".");
	if (file->origin == NULL)
		(void)zonefile_refuse(file, 0, OUT_OF_MEMORY);
	errno = 0;
	return true;
}

static void refuse_include(struct zonefile *file)
{
	char why[128];
	snprintf(why, sizeof why, "$INCLUDE is not followed in %s", file->setup.what);
	(void)zonefile_refuse(file, file->line, why);
}

/* NULL: the line held none, or something is wrong. */
static ldns_rr *read_line(struct zonefile *file)
{
	ldns_rr *record = NULL;
	int line = (int)file->line;
	ldns_status status =
		ldns_rr_new_frm_fp_l(&record, file->file, &file->ttl, &file->origin, &file->owner, &line);
	file->line = (size_t)line;
	switch (status) {
	case LDNS_STATUS_OK:
		return record;
	case LDNS_STATUS_SYNTAX_EMPTY:
	case LDNS_STATUS_SYNTAX_TTL:
	case LDNS_STATUS_SYNTAX_ORIGIN:
		break;
	case LDNS_STATUS_SYNTAX_INCLUDE:
		refuse_include(file);
		break;
	case LDNS_STATUS_MEM_ERR:
		(void)zonefile_refuse(file, 0, OUT_OF_MEMORY);
		break;
	default:
		(void)zonefile_refuse(file, file->line > 0 ? file->line : 1, ldns_get_errorstr_by_id(status));
	}
	return NULL;
}

ldns_rr *zonefile_next(struct zonefile *file)
{
	while (!file->failed && !feof(file->file) && !ferror(file->file)) {
		ldns_rr *record = read_line(file);
		if (record == NULL)
			continue;
		if (ldns_rr_get_class(record) == LDNS_RR_CLASS_IN)
			return record;
		ldns_rr_free(record);
		(void)zonefile_refuse(file, file->line, "this record is not of class IN");
	}
	if (ferror(file->file))
		(void)zonefile_refuse(file, 0, errno != 0 ? strerror(errno) : "cannot be read");
	return NULL;
}

bool zonefile_close(struct zonefile *file)
{
	fclose(file->file);
	ldns_rdf_deep_free(file->origin);
	ldns_rdf_deep_free(file->owner);
	return !file->failed;
}

struct name zonefile_name(struct arena *arena, const ldns_rdf *rdf)
{
	struct cursor cursor = cursor_of(span_of(ldns_rdf_data(rdf), ldns_rdf_size(rdf)));
	struct name name;
	if (!name_read_plain(&cursor, &name))
		return (struct name){ 0 };
	return name_copy(arena, name);
}

struct span zonefile_rdata(struct arena *arena, const ldns_rr *record)
{
	size_t size = 0;
	for (size_t i = 0; i < ldns_rr_rd_count(record); i++)
		size += ldns_rdf_size(ldns_rr_rdf(record, i));
	uint8_t *memory = size <= UINT16_MAX ? arena_alloc(arena, size) : NULL;
	struct builder builder = builder_of(memory, memory != NULL ? size : 0);
	for (size_t i = 0; i < ldns_rr_rd_count(record); i++)
		builder_octets(&builder, span_of(ldns_rdf_data(ldns_rr_rdf(record, i)),
						 ldns_rdf_size(ldns_rr_rdf(record, i))));
	return builder_written(&builder);
}
