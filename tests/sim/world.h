/* world: an internet in memory: zones, what they hold, and the hosts that serve them.
 *
 *	zone   origin, parent, nodes: the truth. The parent's node at a cut has the NS set that the parent tells, and
 *	       below it the glue, which may differ from what the child holds.
 *	node   a name in a zone with its sets. A node without sets that has names below is an empty non-terminal.
 *	set    one type at a node, in versions: the world changes at the start of each epoch. A version without records
 *	       says that the set is not there in that epoch.
 *	host   a machine with addresses, a mood, and the zones that it serves. Several name-server names may lead to
 *	       one host, and a name server may be named where its host does not serve the zone: that one is lame.
 *
 * Everything lives in the world's arena. A version notes when a resolver was handed it, so that the oracle can tell
 * what age a record in an answer has. Nothing here knows the resolver; names, RRsets and messages are wire/'s.
 *
 * Addresses are in 198.18.0.0/15 and 2001:db8::/32; what liars and attackers tell is in 203.0.113.0/24 and
 * 2001:db8:bad::/48 and under the name "poison.", so that poison is known when it is seen.
 */
#ifndef ROOTWALK_TESTS_SIM_WORLD_H
#define ROOTWALK_TESTS_SIM_WORLD_H

#include "base/arena.h"
#include "base/instant.h"
#include "base/ip.h"
#include "base/rng.h"
#include "fault.h"
#include "wire/codes.h"
#include "wire/rrset.h"

#define WORLD_ZONES_MAX 64u
#define WORLD_HOSTS_MAX 96u
#define WORLD_NAMES_MAX 4096u
#define WORLD_EPOCHS_MAX 8u
#define WORLD_SERVERS_MAX 160u
#define HOST_ADDRESSES_MAX 4u
#define WORLD_ANCHORS_MAX 2u
#define NODE_BUCKETS 1024u
#define SEEN_NEVER UINT64_MAX

struct signing;

struct version {
	struct node *node;   /* where it stands */
	struct rrset rrset;  /* count 0: not there */
	const struct rrset *sealed; /* with its signatures, once somebody wanted them (signing.h) */
	unsigned int sealed_in;     /* the epoch of these, where that counts */
	unsigned int epoch;  /* the first in which it holds */
	uint64_t first_seen; /* age seconds when a resolver got it; SEEN_NEVER */
	uint64_t last_seen;
	struct version *older;
};

struct set {
	uint16_t type;
	struct version *newest;
	struct set *next;
};

/* Where a node of a signed zone lies: below a cut or a DNAME nothing is the zone's own. */
enum place { PLACE_INSIDE, PLACE_CUT, PLACE_BELOW };

struct node {
	struct name name; /* as the zone spells it */
	struct zone *zone;
	struct set *sets;
	struct node *first_below, *next_beside; /* one label longer, in this zone */
	enum place place;
	struct node *next; /* in the bucket */
};

struct zone {
	unsigned int number;
	struct name origin;
	struct zone *parent; /* NULL: the root */
	struct node *apex;
	struct signing *signing; /* NULL: it is not signed */
	enum fault fault;        /* with its signatures (faults.h) */
	const struct host *faulty_host; /* who alone has the fault; NULL: all of its hosts */
	bool broken_ent;     /* a host of it answers NXDOMAIN for empty non-terminals */
	bool refuses_a;      /* a host of it refuses type A where there are no addresses */
	bool without_soa;    /* a host of it leaves the SOA out of negative answers */
	bool doomed;         /* made so that nobody can resolve it */
	bool ent_asked;      /* broken_ent: a client asked for what it denies, and all below may be held for denied */
};

/* MOOD(NAME, text, conduct): conduct GOOD: gives the right answer in the end; SHAKY: may fail through no fault of the
 * resolver; BAD: never gives it. */
#define MOODS(MOOD) \
	MOOD(PERFECT, "perfect", GOOD) \
	MOOD(LOSSY, "lossy", SHAKY) \
	MOOD(SLOW, "slow", SHAKY) \
	MOOD(DEAD, "dead", BAD) \
	MOOD(UNREACHABLE, "unreachable", BAD) \
	MOOD(REFUSES, "refuses", BAD) \
	MOOD(SERVFAILS, "says SERVFAIL", BAD) \
	MOOD(UPWARD, "refers to the root", BAD) \
	MOOD(SIDEWAYS, "refers to the zone itself or to another below it", BAD) \
	MOOD(EMPTY, "says nothing without AA", BAD) \
	MOOD(FORMERR_EDNS, "FORMERR to EDNS", GOOD) \
	MOOD(NOTIMP_EDNS, "NOTIMP to EDNS", GOOD) \
	MOOD(BADVERS, "BADVERS to EDNS", GOOD) \
	MOOD(IGNORES_EDNS, "ignores EDNS", GOOD) \
	MOOD(LOWERCASE, "lowers the case of the question", GOOD) \
	MOOD(TRUNCATES, "truncates every UDP answer", GOOD) \
	MOOD(NO_STREAM, "has no TCP", SHAKY) \
	MOOD(BROKEN_ENT, "NXDOMAIN for empty non-terminals", GOOD) \
	MOOD(REFUSES_MINIMISED, "refuses minimised questions", GOOD) \
	MOOD(LIAR, "lies about others", GOOD) \
	MOOD(WRONG_QUESTION, "answers another question", BAD) \
	MOOD(GARBAGE, "sends garbage", BAD) \
	MOOD(NOISY, "sends junk before the answer", GOOD) \
	MOOD(NO_AA, "forgets AA", GOOD) \
	MOOD(NO_SOA, "no SOA in negative answers", GOOD)

enum conduct { CONDUCT_GOOD, CONDUCT_SHAKY, CONDUCT_BAD };

enum mood {
#define MOOD(name, text, conduct) MOOD_##name,
	MOODS(MOOD)
#undef MOOD
	MOOD_COUNT
};

/* What a host does with DNS cookies (cookies.h); it gives the right answer in the end. */
#define COOKIES(KIND) \
	KIND(NONE, "no cookies") \
	KIND(RIGHT, "cookies") \
	KIND(CHANGING, "cookies of a secret that changes, BADCOOKIE to old ones") \
	KIND(ALWAYS_BAD, "BADCOOKIE to every one") \
	KIND(WRONG, "cookies that are not ours") \
	KIND(FORMERR, "FORMERR to cookies") \
	KIND(SILENT, "silence to cookies") \
	KIND(MIXED, "cookies now and then") \
	KIND(STOPPING, "cookies for a while, then none")

enum cookies {
#define KIND(name, text) COOKIES_##name,
	COOKIES(KIND)
#undef KIND
	COOKIES_COUNT
};

struct host {
	unsigned int number;
	struct ip addresses[HOST_ADDRESSES_MAX];
	unsigned int address_count;
	enum mood mood;
	enum cookies cookies;
	unsigned int loss;        /* per mille of packets, each way */
	uint64_t latency, jitter; /* ticks, one way */
	struct zone *zones[WORLD_ZONES_MAX];
	unsigned int zone_count;
	unsigned int rests_from, rests_to; /* epochs in which it is dead; equal: never */
};

/* A name server: the name that NS records have. */
struct server {
	struct name name;
	struct zone *home; /* where its addresses are records */
	struct host *host;
};

/* What the whole world is like. */
struct weather {
	bool ipv6, minimise, case_random, minimal, finished;
	bool two_engines;
	unsigned int loss, duplication, attack; /* per mille */
	unsigned int hints; /* name servers of the root in the hints; 0: all */
};

struct world {
	uint64_t seed;
	struct rng rng;
	struct arena arena;
	struct weather weather;
	struct zone zones[WORLD_ZONES_MAX]; /* the root first, parents before children */
	unsigned int zone_count;
	struct host hosts[WORLD_HOSTS_MAX];
	unsigned int host_count;
	struct server servers[WORLD_SERVERS_MAX];
	unsigned int server_count;
	struct node *buckets[NODE_BUCKETS];
	struct name names[WORLD_NAMES_MAX]; /* worth asking for, some more than once */
	unsigned int name_count;
	uint64_t epoch_at[WORLD_EPOCHS_MAX]; /* ticks since the start; the first at 0 */
	unsigned int epoch_count;
	uint64_t key; /* of the hash */
	bool validated; /* its resolvers have the anchors */
	struct rrset anchors[WORLD_ANCHORS_MAX]; /* DS or DNSKEY of zones that everybody trusts */
	unsigned int anchor_count;
};

/* Out of memory ends the program: a test has nothing better to do. */
void world_begin(struct world *world, uint64_t seed);
void world_end(struct world *world);

unsigned int world_epoch(const struct world *world, uint64_t elapsed);

/* Making it. Names are text with the final dot or, without, relative to the zone; "@" is the origin. */
struct name world_name(struct world *world, const char *text, struct name origin);
struct zone *world_zone(struct world *world, struct name origin, struct zone *parent);
struct host *world_host(struct world *world);
struct server *world_server(struct world *world, struct zone *home, struct name name, struct host *host, uint32_t ttl);

/* The zone has this name server: at its apex, and at the cut in the parent. The host serves the zone unless `lame`. */
void world_delegate(struct world *world, struct zone *zone, struct server *server, uint32_t ttl);
void world_glue(struct world *world, struct zone *zone, const struct server *server, uint32_t ttl);
void world_serve(struct host *host, struct zone *zone);

/* Adds a record from the epoch on (a new version that begins with what stood before when `keep`). */
struct node *world_node(struct world *world, struct zone *zone, struct name name);
void world_add(struct world *world, struct node *node, uint16_t type, uint32_t ttl, struct span rdata);
void world_change(struct world *world, struct node *node, uint16_t type, unsigned int epoch, uint32_t ttl,
		  const struct span *rdata, size_t count);
void world_ask_for(struct world *world, struct name name);

/* Looking at it. */
struct node *world_find(const struct world *world, const struct zone *zone, struct name name);
struct set *node_set(const struct node *node, uint16_t type);
struct version *node_version(const struct node *node, uint16_t type, unsigned int epoch); /* NULL: not there */
bool node_has_sets(const struct node *node, unsigned int epoch);
bool node_exists(const struct node *node, unsigned int epoch); /* or a name below it does */
struct zone *world_zone_at(const struct world *world, struct name origin);
struct zone *world_zone_of(const struct world *world, struct name name, uint16_t type); /* who holds the truth */
struct host *world_host_at(const struct world *world, struct ip ip);
bool host_serves(const struct host *host, const struct zone *zone);
bool world_is_poison(struct ip ip);
const char *mood_text(enum mood mood);
enum conduct mood_conduct(enum mood mood);

#endif
