#include "config/amount.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct unit {
	char letter;
	uint64_t times;
};

/* Largest first: a written amount takes the first that divides it. The last has no letter and times 1. */
static const struct unit none[] = { { '\0', 1 } };
static const struct unit sizes[] = {
	{ 'T', 1ull << 40 }, { 'G', 1ull << 30 }, { 'M', 1ull << 20 }, { 'K', 1ull << 10 }, { '\0', 1 },
};
static const struct unit durations[] = {
	{ 'w', 604800 }, { 'd', 86400 }, { 'h', 3600 }, { 'm', 60 }, { 's', 1 }, { '\0', 1 },
};

static char lower(char letter)
{
	return letter >= 'A' && letter <= 'Z' ? (char)(letter - 'A' + 'a') : letter;
}

static bool read_amount(const char *text, const struct unit *units, uint64_t *amount)
{
	char *end;
	if (text[0] < '0' || text[0] > '9')
		return false;
	errno = 0;
	uint64_t number = strtoull(text, &end, 10);
	if (errno != 0 || (*end != '\0' && end[1] != '\0'))
		return false;
	while (units->letter != '\0' && lower(units->letter) != lower(*end))
		units++;
	bool known = units->letter != '\0' || *end == '\0';
	return known && !__builtin_mul_overflow(number, units->times, amount);
}

bool amount_number_of_text(const char *text, uint64_t *number)
{
	return read_amount(text, none, number);
}

bool amount_size_of_text(const char *text, uint64_t *octets)
{
	return read_amount(text, sizes, octets);
}

bool amount_duration_of_text(const char *text, uint64_t *seconds)
{
	return read_amount(text, durations, seconds);
}

static const char *write_amount(uint64_t amount, const struct unit *units, char *text)
{
	while (units->times > 1 && (amount == 0 || amount % units->times != 0))
		units++;
	snprintf(text, AMOUNT_TEXT_SIZE, "%" PRIu64 "%.1s", amount / units->times, &units->letter);
	return text;
}

const char *amount_number_to_text(uint64_t number, char text[AMOUNT_TEXT_SIZE])
{
	return write_amount(number, none, text);
}

const char *amount_size_to_text(uint64_t octets, char text[AMOUNT_TEXT_SIZE])
{
	return write_amount(octets, sizes, text);
}

const char *amount_duration_to_text(uint64_t seconds, char text[AMOUNT_TEXT_SIZE])
{
	return write_amount(seconds, durations, text);
}
