#include "proofs.h"

#include "signing.h"

static void add_link(const struct zone *zone, const struct link *link, unsigned int epoch,
		     struct section_entries *section)
{
	struct version *version = link != NULL ? chain_version(zone, link, epoch) : NULL;
	if (version != NULL)
		section_add(section, version, link->node->name);
}

static void add_match(const struct zone *zone, struct name name, unsigned int epoch, struct section_entries *section)
{
	add_link(zone, chain_match(zone, name, epoch), epoch, section);
}

static void add_cover(const struct zone *zone, struct name name, unsigned int epoch, struct section_entries *section)
{
	add_link(zone, chain_cover(zone, name, epoch), epoch, section);
}

static void add_wildcard_cover(const struct zone *zone, struct name encloser, unsigned int epoch,
			       struct section_entries *section)
{
	uint8_t octets[NAME_SIZE_MAX] = { 1, '*' };
	if (encloser.size + 2u > NAME_SIZE_MAX)
		return;
	memcpy(octets + 2, encloser.octets, encloser.size);
	struct name wildcard = { .octets = octets,
				 .size = (uint8_t)(encloser.size + 2),
				 .labels = (uint8_t)(encloser.labels + 1) };
	add_cover(zone, wildcard, epoch, section);
}

/* RFC 5155 section 7.2.1: the closest encloser exists, the name one label closer does not. Above a name that was opted
 * out the closest one that can be proven stands for it. */
static void add_encloser(const struct zone *zone, struct name name, struct name encloser, unsigned int epoch,
			 struct section_entries *section)
{
	while (encloser.labels > zone->origin.labels && chain_match(zone, encloser, epoch) == NULL)
		encloser = name_parent(encloser);
	add_match(zone, encloser, epoch, section);
	add_cover(zone, name_suffix(name, encloser.labels + 1u), epoch, section);
}

static void add_nodata(const struct zone *zone, struct name name, unsigned int epoch, struct section_entries *section)
{
	if (chain_match(zone, name, epoch) != NULL)
		add_match(zone, name, epoch, section);
	else if (!zone->signing->plan.nsec3)
		add_cover(zone, name, epoch, section); /* an empty non-terminal: what comes next is below it */
	else
		add_encloser(zone, name, name_parent(name), epoch, section); /* RFC 5155 section 7.2.4 */
}

/* The name does not exist; the wildcard's parent, or the closest encloser, does. */
static void add_absence(const struct zone *zone, struct name name, const struct look *look, unsigned int epoch,
			struct section_entries *section)
{
	struct name encloser = look->wildcard ? name_parent(look->node->name) : look->node->name;
	if (!zone->signing->plan.nsec3)
		add_cover(zone, name, epoch, section);
	else if (look->kind == LOOK_NXDOMAIN || look->kind == LOOK_NODATA)
		add_encloser(zone, name, encloser, epoch, section);
	else
		add_cover(zone, name_suffix(name, encloser.labels + 1u), epoch, section);
}

void proofs_add(const struct zone *zone, struct name name, const struct look *look, unsigned int epoch,
		struct section_entries *section)
{
	if (zone->signing == NULL)
		return;
	if (look->kind == LOOK_NODATA && !look->wildcard) {
		add_nodata(zone, name, epoch, section);
		return;
	}
	if (look->kind != LOOK_NXDOMAIN && !look->wildcard)
		return;
	add_absence(zone, name, look, epoch, section);
	if (look->kind == LOOK_NXDOMAIN)
		add_wildcard_cover(zone, look->node->name, epoch, section);
	else if (look->kind == LOOK_NODATA && chain_match(zone, look->node->name, epoch) != NULL)
		add_match(zone, look->node->name, epoch, section);
	else if (look->kind == LOOK_NODATA)
		add_cover(zone, look->node->name, epoch, section);
}

void proofs_add_cut(const struct zone *zone, const struct node *cut, unsigned int epoch,
		    struct section_entries *section)
{
	struct version *ds = node_version(cut, TYPE_DS, epoch);
	if (zone->signing == NULL)
		return;
	if (ds != NULL)
		section_add(section, ds, cut->name);
	else
		add_nodata(zone, cut->name, epoch, section);
}
