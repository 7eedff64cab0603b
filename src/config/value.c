#include "config/value.h"

#include "config/suggest.h"
#include "config/until.h"

#include <stdio.h>
#include <stdlib.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static char lower(char letter)
{
	return letter >= 'A' && letter <= 'Z' ? (char)(letter - 'A' + 'a') : letter;
}

static bool same_word(const char *a, const char *b)
{
	while (*a != '\0' && lower(*a) == lower(*b))
		a++, b++;
	return lower(*a) == lower(*b);
}

static bool number_of_text(const struct option_row *option, const char *text, uint64_t *number)
{
	switch (option->kind) {
	case OPTION_SIZE:
		return amount_size_of_text(text, number);
	case OPTION_DURATION:
		return amount_duration_of_text(text, number);
	default:
		return amount_number_of_text(text, number);
	}
}

const char *value_number_to_text(const struct option_row *option, uint64_t number, char text[AMOUNT_TEXT_SIZE])
{
	switch (option->kind) {
	case OPTION_SIZE:
		return amount_size_to_text(number, text);
	case OPTION_DURATION:
		return amount_duration_to_text(number, text);
	default:
		return amount_number_to_text(number, text);
	}
}

static bool hold_bounds(const struct option_row *option, uint64_t number, const char *text, struct problems *problems)
{
	char bound[AMOUNT_TEXT_SIZE];
	if (number < option->min)
		problems_say(problems, "%s: %s is too small; the least is %s", option->path, text,
			     value_number_to_text(option, option->min, bound));
	else if (number > option->max)
		problems_say(problems, "%s: %s is too large; the most is %s", option->path, text,
			     value_number_to_text(option, option->max, bound));
	else
		return true;
	return false;
}

static const char *number_form(const struct option_row *option)
{
	switch (option->kind) {
	case OPTION_SIZE:
		return "size; write octets, as 4096, 64K, 256M or 2G";
	case OPTION_DURATION:
		return "duration; write seconds, or 30s, 10m, 2h, 1d or 1w";
	default:
		return "whole number";
	}
}

static bool read_number(const struct option_row *option, const char *text, uint64_t *number, struct problems *problems)
{
	if (option->word != NULL && same_word(text, option->word)) {
		*number = 0;
		return true;
	}
	if (number_of_text(option, text, number))
		return hold_bounds(option, *number, text, problems);
	problems_say(problems, "%s: \"%s\" is no %s%s%s", option->path, text, number_form(option),
		     option->word != NULL ? ", nor " : "", option->word != NULL ? option->word : "");
	return false;
}

static bool bool_of_text(const char *text, bool *value)
{
	static const char *const yes[] = { "true", "yes", "on" }, *const no[] = { "false", "no", "off" };
	for (size_t i = 0; i < COUNT(yes); i++)
		if (same_word(text, yes[i]) || same_word(text, no[i])) {
			*value = same_word(text, yes[i]);
			return true;
		}
	return false;
}

static bool set_bool(const struct option_row *option, bool *member, const char *text, struct problems *problems)
{
	if (bool_of_text(text, member))
		return true;
	problems_say(problems, "%s: \"%s\" is neither true nor false", option->path, text);
	return false;
}

static bool find_word(const char *const *words, const char *text, unsigned int *value)
{
	for (unsigned int i = 0; words[i] != NULL; i++)
		if (same_word(text, words[i])) {
			*value = i;
			return true;
		}
	return false;
}

static void say_no_word(const struct option_row *option, const char *text, struct problems *problems)
{
	char words[256], hint[SUGGESTION_TEXT_SIZE];
	struct builder builder = builder_of(words, sizeof words - 1);
	struct suggestion near = suggestion_for(text);
	value_write_words(&builder, option);
	words[builder.size] = '\0';
	for (size_t i = 0; option->words[i] != NULL; i++)
		suggestion_offer(&near, option->words[i], option->words[i]);
	problems_say(problems, "%s: \"%s\" is not %s%s", option->path, text, words, suggestion_to_text(&near, hint));
}

static bool set_word(const struct option_row *option, void *member, const char *text, struct problems *problems)
{
	unsigned int value;
	bool truth;
	bool found = find_word(option->words, text, &value);
	if (!found && bool_of_text(text, &truth)) /* "yes" where the word is "true" */
		found = find_word(option->words, truth ? "true" : "false", &value);
	if (!found) {
		say_no_word(option, text, problems);
		return false;
	}
	memcpy(member, &value, sizeof value);
	return true;
}

_Static_assert(sizeof(enum cache_clock) == sizeof(unsigned int), "set_word writes enums as unsigned int");

/* Control characters of ASCII and of Unicode (C1, line and paragraph separator), the text being UTF-8. */
static bool begins_control(const char *text)
{
	unsigned char first = (unsigned char)text[0], second = first != 0 ? (unsigned char)text[1] : 0;
	return first < 0x20 || first == 0x7f || (first == 0xc2 && second < 0xa0) ||
	       strncmp(text, "\xe2\x80\xa8", 3) == 0 || strncmp(text, "\xe2\x80\xa9", 3) == 0;
}

static bool set_text(const struct option_row *option, char **member, const char *text, struct problems *problems)
{
	size_t size = strlen(text);
	bool is_path = option->kind == OPTION_PATH;
	char *copy = NULL;
	if (is_path && size == 0) {
		problems_say(problems, "%s: an empty name is no file", option->path);
		return false;
	}
	if (!is_path && !hold_bounds(option, size, "the text", problems))
		return false;
	for (size_t i = 0; i < size; i++)
		if (begins_control(text + i)) {
			problems_say(problems, "%s: a text must not hold control characters", option->path);
			return false;
		}
	if (!is_path || option->word == NULL || strcmp(text, option->word) != 0) {
		copy = strdup(text);
		if (copy == NULL) {
			problems_say(problems, "%s: out of memory", option->path);
			return false;
		}
	}
	free(*member);
	*member = copy;
	return true;
}

bool value_set(const struct option_row *option, struct options *options, const char *text, struct problems *problems)
{
	void *member = option_member_mutable(option, options);
	uint64_t number;
	switch (option->kind) {
	case OPTION_BOOL:
		return set_bool(option, member, text, problems);
	case OPTION_ENUM:
		return set_word(option, member, text, problems);
	case OPTION_TEXT:
	case OPTION_PATH:
		return set_text(option, member, text, problems);
	default:
		if (!read_number(option, text, &number, problems))
			return false;
		if (option->kind == OPTION_SIZE)
			*(uint64_t *)member = number;
		else
			*(uint32_t *)member = (uint32_t)number;
		return true;
	}
}

bool value_address(const struct option_row *option, const char *text, struct ip *ip, struct problems *problems)
{
	struct ip read;
	if (!ip_of_text(text, &read)) {
		problems_say(problems, "%s: \"%s\" is no address; write one as 192.0.2.1 or 2001:db8::1", option->path,
			     text);
		return false;
	}
	*ip = ip_unmap(read);
	return true;
}

bool value_port(const struct option_row *option, const char *text, uint16_t *port, struct problems *problems)
{
	uint64_t number;
	if (!amount_number_of_text(text, &number) || number < 1 || number > UINT16_MAX) {
		problems_say(problems, "%s: \"%s\" is no port; write a number from 1 to 65535", option->path, text);
		return false;
	}
	*port = (uint16_t)number;
	return true;
}

static void clear_host_bits(struct network *network)
{
	for (unsigned int bit = network->prefix; bit < 128; bit++)
		network->ip.octets[bit / 8] &= (uint8_t) ~(0x80 >> bit % 8);
}

/* The network that was meant by an address with bits behind the prefix; false when it is something else. */
static bool guess_network(const char *text, char *guess, size_t size)
{
	char address[IP_TEXT_SIZE];
	const char *slash = strchr(text, '/');
	struct network network;
	uint64_t prefix = 0;
	if (slash == NULL || (size_t)(slash - text) >= sizeof address)
		return false;
	memcpy(address, text, (size_t)(slash - text));
	address[slash - text] = '\0';
	if (!ip_of_text(address, &network.ip) || !amount_number_of_text(slash + 1, &prefix) ||
	    prefix > (network.ip.version == 4 ? 32 : 128))
		return false;
	network.prefix = (uint8_t)prefix;
	clear_host_bits(&network);
	snprintf(guess, size, "%s/%u", ip_to_text(network.ip, address), network.prefix);
	return true;
}

static bool network_of_option(const struct option_row *option, const char *text, struct network *network,
			      struct problems *problems)
{
	char guess[IP_TEXT_SIZE + 4];
	if (!network_of_text(text, network)) {
		if (guess_network(text, guess, sizeof guess))
			problems_say(problems, "%s: %s has bits behind its prefix; did you mean %s?", option->path,
				     text, guess);
		else
			problems_say(problems, "%s: \"%s\" is no network; write one as 192.0.2.0/24 or 2001:db8::/32",
				     option->path, text);
		return false;
	}
	struct ip plain = ip_unmap(network->ip);
	if (plain.version != network->ip.version && network->prefix >= 96)
		*network = (struct network){ .ip = plain, .prefix = (uint8_t)(network->prefix - 96) };
	return true;
}

bool value_append(const struct option_row *option, struct options *options, const void *item, struct problems *problems)
{
	if (option_append(option, options, item))
		return true;
	if (option_count(option, options) >= OPTION_LIST_MAX)
		problems_say(problems, "%s: more than %u items", option->path, OPTION_LIST_MAX);
	else
		problems_say(problems, "%s: out of memory", option->path);
	return false;
}

bool value_add(const struct option_row *option, struct options *options, const char *text, struct problems *problems)
{
	struct network network;
	struct listen_address listen = { .endpoint.port = LISTEN_PORT };
	if (option->kind == OPTION_NETWORKS)
		return network_of_option(option, text, &network, problems) &&
		       value_append(option, options, &network, problems);
	if (option->kind == OPTION_UNTIL)
		return until_add(option, options, text, problems);
	if (!value_address(option, text, &listen.endpoint.ip, problems))
		return false;
	return value_append(option, options, option->kind == OPTION_LISTEN ? (void *)&listen : &listen.endpoint.ip,
			    problems);
}

bool value_zone(const struct option_row *option, const char *text, struct problems *problems)
{
	size_t size = strlen(text), label = 0;
	bool good = size > 0 && size <= 254 && (size < 254 || text[size - 1] == '.');
	for (size_t i = 0; good && i < size; i++) {
		bool dot = text[i] == '.';
		label = dot ? 0 : label + 1;
		good = text[i] > 0x20 && text[i] < 0x7f && strchr("\\\"", text[i]) == NULL && label <= 63;
		if (dot && size > 1)
			good = good && i > 0 && text[i - 1] != '.';
	}
	if (!good)
		problems_say(problems, "%s: \"%s\" is no name of a zone", option->path, text);
	return good;
}

/* Items are parted by ", ", as in the table. */
static bool add_initial_items(const struct option_row *option, struct options *options, struct problems *problems)
{
	const char *at = option->initial;
	while (*at != '\0') {
		char item[IP_TEXT_SIZE + 4];
		size_t size = strcspn(at, ",");
		if (size >= sizeof item)
			return false;
		memcpy(item, at, size);
		item[size] = '\0';
		if (!value_add(option, options, item, problems))
			return false;
		at += size;
		at += strspn(at, ", ");
	}
	return true;
}

bool value_set_initial(const struct option_row *option, struct options *options)
{
	struct problems problems = problems_of("defaults");
	if (!option_is_list(option))
		return value_set(option, options, option->initial, &problems);
	option_clear(option, options);
	return add_initial_items(option, options, &problems);
}

static void put(struct builder *builder, const char *text)
{
	builder_octets(builder, span_of(text, strlen(text)));
}

/* In double quotes where a plain scalar would be another thing: empty, or with marks that YAML knows. */
static void put_scalar(struct builder *builder, const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789./_-+";
	bool reads_as_text = text[0] != '\0' && text[0] != '-' && strcmp(text, "null") != 0;
	if (reads_as_text && text[strspn(text, plain)] == '\0') {
		put(builder, text);
		return;
	}
	put(builder, "\"");
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			put(builder, "\\");
		builder_u8(builder, (uint8_t)*text);
	}
	put(builder, "\"");
}

static void put_endpoint(struct builder *builder, struct endpoint endpoint, uint32_t usual_port)
{
	char text[IP_TEXT_SIZE], port[AMOUNT_TEXT_SIZE];
	bool with_port = endpoint.port != usual_port;
	put(builder, with_port ? "{address: " : "");
	put_scalar(builder, ip_to_text(endpoint.ip, text));
	if (with_port) {
		put(builder, ", port: ");
		put(builder, amount_number_to_text(endpoint.port, port));
		put(builder, "}");
	}
}

static void put_zone(struct builder *builder, const struct zone_servers *zone, uint32_t usual_port)
{
	put(builder, "{zone: ");
	put_scalar(builder, zone->zone);
	put(builder, ", addresses: [");
	for (size_t i = 0; i < zone->count; i++) {
		put(builder, i > 0 ? ", " : "");
		put_endpoint(builder, zone->servers[i], usual_port);
	}
	put(builder, "]}");
}

static void put_network(struct builder *builder, struct network network)
{
	char address[IP_TEXT_SIZE], text[IP_TEXT_SIZE + 4];
	snprintf(text, sizeof text, "%s/%u", ip_to_text(network.ip, address), network.prefix);
	put_scalar(builder, text);
}

static void put_item(struct builder *builder, const struct option_row *option, const struct options *options, size_t i)
{
	char text[UNTIL_TEXT_SIZE];
	const void *items = option_items(option, options);
	switch (option->kind) {
	case OPTION_LISTEN:
		put_endpoint(builder, ((const struct listen_address *)items)[i].endpoint, LISTEN_PORT);
		break;
	case OPTION_ADDRESSES:
		put_scalar(builder, ip_to_text(((const struct ip *)items)[i], text));
		break;
	case OPTION_NETWORKS:
		put_network(builder, ((const struct network *)items)[i]);
		break;
	case OPTION_UNTIL:
		put_scalar(builder, until_to_text((const struct zone_until *)items + i, text));
		break;
	default:
		put_zone(builder, (const struct zone_servers *)items + i, options->recursion_upstream_port);
		break;
	}
}

static void put_number(struct builder *builder, const struct option_row *option, uint64_t number)
{
	char text[AMOUNT_TEXT_SIZE];
	put(builder, option->word != NULL && number == 0 ? option->word : value_number_to_text(option, number, text));
}

void value_write_words(struct builder *builder, const struct option_row *option)
{
	for (size_t i = 0; option->words[i] != NULL; i++) {
		put(builder, i == 0 ? "" : option->words[i + 1] == NULL ? " or " : ", ");
		put(builder, option->words[i]);
	}
}

void value_write(struct builder *builder, const struct option_row *option, const struct options *options)
{
	const void *member = option_member(option, options);
	const char *text;
	unsigned int word;
	switch (option->kind) {
	case OPTION_BOOL:
		put(builder, *(const bool *)member ? "true" : "false");
		break;
	case OPTION_SIZE:
		put_number(builder, option, *(const uint64_t *)member);
		break;
	case OPTION_DURATION:
	case OPTION_NUMBER:
		put_number(builder, option, *(const uint32_t *)member);
		break;
	case OPTION_ENUM:
		memcpy(&word, member, sizeof word);
		put(builder, option->words[word]);
		break;
	case OPTION_TEXT:
	case OPTION_PATH:
		text = *(const char *const *)member;
		put_scalar(builder, text != NULL ? text : option->word);
		break;
	default:
		put(builder, "[");
		for (size_t i = 0; i < option_count(option, options); i++) {
			put(builder, i > 0 ? ", " : "");
			put_item(builder, option, options, i);
		}
		put(builder, "]");
	}
}

const char *value_to_text(const struct option_row *option, const struct options *options, char *text, size_t size)
{
	struct builder builder = builder_of(text, size - 1);
	value_write(&builder, option, options);
	text[builder.size] = '\0';
	return text;
}
