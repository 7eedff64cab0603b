/* Prints doc/limits.md from the table of limits. */
#include <stdio.h>

#include "wire/limits.h"

int main(void)
{
	puts("# Limits\n");
	puts("Every number that holds rootwalk back, and why. Made from `src/wire/limits.def`; change it there.\n");
	puts("| limit | value | unit | what it bounds, and why |");
	puts("| --- | ---: | --- | --- |");
	for (size_t i = 0; i < limit_row_count; i++) {
		const struct limit_row *row = &limit_rows[i];
		printf("| `%s` | %ld | %s | %s |\n", row->name, row->value, row->unit, row->reason);
	}
	return ferror(stdout) || fflush(stdout) != 0;
}
