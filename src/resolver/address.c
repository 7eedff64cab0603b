#include "resolver/address.h"

#include "resolver/fetch.h"
#include "resolver/lookup.h"
#include "wire/limits.h"

static task_step next_family, found;

static struct address *address_of_task(struct task *task)
{
	return (struct address *)(void *)task; /* its first member */
}

struct address *address_begin(struct task *parent, struct name name, struct name zone)
{
	struct address *address = ARENA_NEW(&parent->request->arena, struct address);
	if (address == NULL)
		return NULL;
	address->task = (struct task){
		.request = parent->request,
		.parent = parent,
		.wake = next_family,
		.depth = (uint8_t)(parent->depth + 1),
	};
	address->name = name_copy_lower(&parent->request->arena, name);
	address->zone = zone;
	address->began = parent->request->engine->now.ticks;
	if (address->name.octets == NULL)
		return NULL;
	request_ready(&address->task);
	return address;
}

bool address_is_wanted(const struct task *task, struct name name)
{
	/* `found` is where an address task waits, and no other task. */
	for (; task != NULL; task = task->parent)
		if (task->wake == found && name_equal(((const struct address *)(const void *)task)->name, name))
			return true;
	return false;
}

static bool has_others(const struct targets *targets)
{
	return targets->count > 0 || targets->seen < targets->names;
}

bool address_is_late(const struct task *task)
{
	uint64_t now = task->request->engine->now.ticks;
	for (; task != NULL; task = task->parent) {
		if (task->wake != found)
			continue;
		const struct address *address = (const struct address *)(const void *)task;
		const struct fetch *wanting = (const struct fetch *)(const void *)task->parent;
		if (now - address->began >= LIMIT_NS_ADDRESS_MS * (uint64_t)TICKS_PER_MS && has_others(&wanting->targets))
			return true;
	}
	return false;
}

const struct address *address_before(const struct request *request, struct name name)
{
	const struct address *address = request->addresses;
	while (address != NULL && !name_equal(address->name, name))
		address = address->next;
	return address;
}

static struct next done(struct address *address)
{
	address->next = address->task.request->addresses;
	address->task.request->addresses = address;
	return finish(&address->task);
}

static struct next next_family(struct task *task)
{
	static const uint16_t types[] = { TYPE_A, TYPE_AAAA };
	struct address *address = address_of_task(task);
	const struct options *options = task->request->engine->options;
	while (address->next_type < 2) {
		uint16_t type = types[address->next_type++];
		if (type == TYPE_A ? !options->recursion_ipv4 : options->recursion_ipv6 == RECURSION_IPV6_FALSE)
			continue;
		struct question question = { address->name, type, CLASS_IN };
		address->lookup = lookup_begin(task->request, task, &question);
		address->ours = address->lookup == NULL;
		if (address->lookup == NULL)
			return finish(task);
		if (name_is_within(address->name, address->zone) && !name_is_root(address->zone))
			lookup_ask_above(address->lookup, address->zone);
		return wait_for(task, found);
	}
	return done(address);
}

static struct next found(struct task *task)
{
	struct address *address = address_of_task(task);
	const struct result *result = &address->lookup->result;
	if (result->found.kind == CACHED_POSITIVE) {
		address->rrsets[address->count++] = result->found.rrset;
		return done(address);
	}
	/* Who could not tell the one will not tell the other. */
	address->ours = address->ours || result->ours;
	return result->rcode == RCODE_SERVFAIL ? done(address) : go(next_family);
}
