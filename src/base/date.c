#include "base/date.h"

#include <string.h>

#define DAY_S 86400
#define SHORT_SIZE 10u /* "2026-12-01" */
#define YEAR_MIN 1970
#define YEAR_MAX 9999
#define LAST_S INT64_C(253402300799) /* 9999-12-31T23:59:59Z */

/* The digits that stand in the places of '#' in the form, in order; false when the text has another form. */
static bool match(const char *text, const char *form, int *numbers)
{
	int *number = numbers - 1;
	char before = '\0';
	for (; *form != '\0'; before = *form++, text++) {
		if (*form != '#') {
			if (*text != *form)
				return false;
			continue;
		}
		if (*text < '0' || *text > '9')
			return false;
		if (before != '#')
			*++number = 0;
		*number = *number * 10 + (*text - '0');
	}
	return *text == '\0';
}

static bool is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int days_of_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	return days[month - 1] + (month == 2 && is_leap(year));
}

/* Days before the first of January, counted from 1970. */
static int64_t days_before_year(int year)
{
	int past = year - 1;
	return (int64_t)(year - YEAR_MIN) * 365 + (past / 4 - past / 100 + past / 400) - (1969 / 4 - 1969 / 100 + 1969 / 400);
}

bool date_of_text(const char *text, int64_t *seconds)
{
	int n[6] = { 0 }; /* year, month, day, hour, minute, second */
	if (!match(text, "####-##-##", n) && !match(text, "####-##-##T##:##:##Z", n))
		return false;
	if (n[0] < YEAR_MIN || n[1] < 1 || n[1] > 12 || n[2] < 1 || n[2] > days_of_month(n[0], n[1]) || n[3] > 23 ||
	    n[4] > 59 || n[5] > 59)
		return false;
	int64_t days = days_before_year(n[0]) + n[2] - 1;
	for (int month = 1; month < n[1]; month++)
		days += days_of_month(n[0], month);
	*seconds = days * DAY_S + n[3] * 3600 + n[4] * 60 + n[5];
	return true;
}

/* The digits of the number, as many as `width`, and what stands behind them. */
static char *put(char *at, int number, int width, char behind)
{
	for (int i = width - 1; i >= 0; i--, number /= 10)
		at[i] = (char)('0' + number % 10);
	at[width] = behind;
	return at + width + 1;
}

const char *date_to_text(int64_t seconds, char text[DATE_TEXT_SIZE])
{
	if (seconds < 0)
		seconds = 0;
	if (seconds > LAST_S)
		seconds = LAST_S;
	int64_t days = seconds / DAY_S;
	int rest = (int)(seconds % DAY_S), year = YEAR_MIN + (int)(days / 366), month = 1;
	while (year < YEAR_MAX && days_before_year(year + 1) <= days)
		year++;
	int day = (int)(days - days_before_year(year));
	while (day >= days_of_month(year, month))
		day -= days_of_month(year, month++);
	char *at = put(put(put(text, year, 4, '-'), month, 2, '-'), day + 1, 2, 'T');
	*put(put(put(at, rest / 3600, 2, ':'), rest / 60 % 60, 2, ':'), rest % 60, 2, 'Z') = '\0';
	return text;
}

const char *date_to_short_text(int64_t seconds, char text[DATE_TEXT_SIZE])
{
	(void)date_to_text(seconds, text);
	if (strcmp(text + SHORT_SIZE, "T00:00:00Z") == 0)
		text[SHORT_SIZE] = '\0';
	return text;
}
