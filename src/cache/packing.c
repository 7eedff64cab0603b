#include "cache/packing.h"

#include "wire/codes.h"

void packing_write(struct builder *builder, const struct rrset *rrset)
{
	builder_u16(builder, rrset->count);
	builder_u16(builder, rrset->signatures);
	builder_u16(builder, (uint16_t)rrset->packed.size);
	builder_octets(builder, rrset->packed);
}

void packing_write_owned(struct builder *builder, const struct rrset *rrset)
{
	name_write(builder, rrset->owner);
	builder_u16(builder, rrset->type);
	packing_write(builder, rrset);
}

bool packing_read(struct cursor *cursor, struct rrset *rrset)
{
	rrset->count = cursor_u16(cursor);
	rrset->signatures = cursor_u16(cursor);
	rrset->packed = cursor_take(cursor, cursor_u16(cursor));
	return !cursor->failed;
}

bool packing_read_owned(struct cursor *cursor, struct rrset *rrset)
{
	if (!name_read_plain(cursor, &rrset->owner))
		return false;
	rrset->type = cursor_u16(cursor);
	rrset->class = CLASS_IN;
	return packing_read(cursor, rrset);
}
