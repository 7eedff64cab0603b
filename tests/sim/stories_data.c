/* Aliases, and what is not there. */
#include "kit.h"

#include "wire/limits.h"

#include <stdio.h>

static void build_aliases(struct world *world)
{
	struct zone *zone = kit_begin(world);
	char text[16], target[16];
	for (unsigned int i = 1; i <= LIMIT_ALIAS_LINKS + 1; i++) {
		snprintf(text, sizeof text, "c%u", i);
		snprintf(target, sizeof target, "c%u", i - 1);
		kit_alias(world, zone, text, TYPE_CNAME, target);
	}
	kit_add(world, zone, "c0", TYPE_A, KIT_HOUR);
	kit_alias(world, zone, "x", TYPE_CNAME, "y");
	kit_alias(world, zone, "y", TYPE_CNAME, "x");
}

static void play_aliases(struct run *run)
{
	char text[16];
	snprintf(text, sizeof text, "c%u.com.", LIMIT_ALIAS_LINKS);
	kit_want(run, text, TYPE_A, RCODE_NOERROR);
	snprintf(text, sizeof text, "c%u.com.", LIMIT_ALIAS_LINKS + 1);
	kit_want(run, text, TYPE_A, RCODE_SERVFAIL);
	kit_want(run, "x.com.", TYPE_A, RCODE_SERVFAIL);
}

static void build_dname(struct world *world)
{
	struct zone *com = kit_begin(world), *net = kit_zone(world, &world->zones[0], "net");
	kit_alias(world, com, "old", TYPE_DNAME, "net.");
	kit_add(world, net, "www", TYPE_A, KIT_HOUR);
	kit_alias(world, com, "long", TYPE_DNAME,
		  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
		  "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb."
		  "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc.com.");
}

static void play_dname(struct run *run)
{
	kit_want(run, "www.old.com.", TYPE_A, RCODE_NOERROR);
	kit_want(run, "nothing.old.com.", TYPE_A, RCODE_NXDOMAIN);
	kit_want(run, "dddddddddddddddddddddddddddddddddddddddd.eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee.long.com.", TYPE_A,
	     RCODE_YXDOMAIN);
	uint64_t before = kit_upstream(run);
	kit_want(run, "mail.old.com.", TYPE_A, RCODE_NXDOMAIN);
	kit_want_sent(run, "the DNAME is known", before, 1, 1);
}

static void build_negative(struct world *world)
{
	struct zone *zone = kit_begin(world);
	kit_soa(world, zone, 60, 20);
	kit_add(world, zone, "www", TYPE_A, KIT_HOUR);
	kit_add(world, zone, "below.empty", TYPE_A, KIT_HOUR);
	kit_add(world, zone, "*.wild", TYPE_A, KIT_HOUR);
	kit_add(world, zone, "www", 65280, KIT_HOUR);
}

/* What is not there is not there as long as RFC 2308 says, nor what is below it (RFC 8020). */
static void play_negative(struct run *run)
{
	kit_want(run, "gone.com.", TYPE_A, RCODE_NXDOMAIN);
	uint64_t before = kit_upstream(run);
	kit_wait(run, 17);
	kit_want(run, "gone.com.", TYPE_A, RCODE_NXDOMAIN);
	kit_want(run, "gone.com.", TYPE_MX, RCODE_NXDOMAIN);
	kit_want(run, "a.b.gone.com.", TYPE_A, RCODE_NXDOMAIN);
	kit_want_sent(run, "NXDOMAIN is known", before, 0, 0);
	kit_wait(run, 4);
	kit_want(run, "gone.com.", TYPE_A, RCODE_NXDOMAIN);
	kit_want_sent(run, "NXDOMAIN is over", before, 1, 1);
	kit_want(run, "www.com.", TYPE_MX, RCODE_NOERROR);
	kit_want(run, "www.com.", 65280, RCODE_NOERROR);
	kit_want(run, "empty.com.", TYPE_A, RCODE_NOERROR);
	kit_want(run, "below.empty.com.", TYPE_A, RCODE_NOERROR);
	kit_want(run, "x.y.wild.com.", TYPE_A, RCODE_NOERROR);
	kit_want(run, "wild.com.", TYPE_A, RCODE_NOERROR);
}

static const struct story all[] = {
	{ "aliases", build_aliases, play_aliases, false },
	{ "dname", build_dname, play_dname, false },
	{ "negative", build_negative, play_negative, false },
};
const struct shelf stories_data = { all, sizeof all / sizeof all[0] };
