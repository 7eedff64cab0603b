#include "wire/compress.h"

#include "wire/fold.h"

#define POINTER 0xc000u
#define TARGET_OFFSET_END 0x4000u

/* A chain is not followed further: what collides on purpose is written whole. */
#define PROBES 8

void compress_begin(struct compress *compress)
{
	compress->count = 0;
	memset(compress->bucket, 0, sizeof compress->bucket);
}

static unsigned int bucket_of(const uint8_t *label, unsigned int parent)
{
	return (unsigned int)(fold_hash(parent, label, 1u + *label) % COMPRESS_BUCKETS);
}

/* The target `label` under the target `parent` (index + 1, 0 the root); 0 when there is none. */
static unsigned int find(const struct compress *compress, const struct builder *message, const uint8_t *label,
			 unsigned int parent)
{
	unsigned int at = compress->bucket[bucket_of(label, parent)];
	for (int probes = 0; at != 0 && probes < PROBES; probes++) {
		const uint8_t *target = message->start + compress->offset[at - 1];
		if (compress->parent[at - 1] == parent && *target == *label && fold_equal(target, label, 1u + *label))
			return at;
		at = compress->next[at - 1];
	}
	return 0;
}

/* Returns the new target, 0 when it cannot be one. */
static unsigned int remember(struct compress *compress, const uint8_t *label, unsigned int parent, size_t offset)
{
	if (offset >= TARGET_OFFSET_END || compress->count == LIMIT_COMPRESSION_TARGETS)
		return 0;
	unsigned int bucket = bucket_of(label, parent), index = compress->count++;
	compress->offset[index] = (uint16_t)offset;
	compress->parent[index] = (uint8_t)parent;
	compress->home[index] = (uint8_t)bucket;
	compress->next[index] = compress->bucket[bucket];
	compress->bucket[bucket] = (uint16_t)(index + 1);
	return index + 1;
}

void compress_name(struct compress *compress, struct builder *message, struct name name)
{
	const uint8_t *labels[NAME_LABELS_MAX];
	unsigned int count = 0, known = 0, target;
	for (const uint8_t *label = name.octets; *label != 0; label += 1 + *label)
		labels[count++] = label;
	while (count > 0 && (target = find(compress, message, labels[count - 1], known)) != 0) {
		known = target;
		count--;
	}
	size_t start = message->size;
	if (known == 0) {
		name_write(message, name);
	} else {
		size_t size = count == 0 ? 0 : (size_t)(labels[count - 1] + 1 + *labels[count - 1] - name.octets);
		builder_octets(message, span_of(name.octets, size));
		builder_u16(message, (uint16_t)(POINTER | compress->offset[known - 1]));
	}
	if (message->overflowed)
		return;
	for (; count > 0; count--) {
		const uint8_t *label = labels[count - 1];
		known = remember(compress, label, known, start + (size_t)(label - name.octets));
		if (known == 0)
			return;
	}
}

void compress_rewind(struct compress *compress, size_t size)
{
	unsigned int kept = 0;
	while (kept < compress->count && compress->offset[kept] < size)
		kept++;
	while (compress->count > kept) {
		unsigned int index = --compress->count;
		compress->bucket[compress->home[index]] = compress->next[index];
	}
}
