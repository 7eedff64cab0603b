/* attacks [--row N] [--rows FILE]: every attack on the engine once, a line for each; FILE gets the same for tests/attacks/run,
 * parted by tabs. */
#include "attacks.h"

#include <stdlib.h>

#define GOOD_TICKS (50 * (uint64_t)TICKS_PER_MS)

struct report {
	FILE *rows;
	unsigned int row, passed, failed;
};

static void begin_table(void)
{
	printf("row  %-38s %8s %9s %8s %9s %9s %5s/%-5s  %s\n", "attack", "queries", "octets", "cpu ms", "memory KB",
	       "answer ms", "lost", "good", "what must hold");
}

static void tell(struct report *report, const struct attack *attack, const struct stage *stage,
		 const struct finding *finding, bool good)
{
	char holds[200];
	unsigned int queries = stage->to_evil + stage->to_victim;
	double cpu = (double)stage->cpu_ns / 1e6, took = (double)finding->took / TICKS_PER_MS;
	unsigned long memory = (unsigned long)(stage_memory(stage) >> 10);
	snprintf(holds, sizeof holds, "%s: %.4g, at most %g", finding->what, finding->value, finding->limit);
	printf("%3u  %-38s %8u %9u %8.2f %9lu %9.1f %5u/%-5u  %s%s\n", attack->row, attack->name, queries, stage->octets,
	       cpu, memory, took, stage->good_lost, stage->good_asked, holds, good ? "" : "  FAILED");
	if (report->rows == NULL)
		return;
	fprintf(report->rows, "%u\t%s\t", attack->row, attack->name);
	if (attack->evil != NULL)
		fprintf(report->rows, "%u\t%u\t%.1f\t%lu\t", queries, stage->octets, cpu, memory);
	else
		fputs("-\t-\t-\t-\t", report->rows);
	fprintf(report->rows, "%.0f\t%u\t%u\t%.0f\t%s\t%.4g\t%g\t%s\n", took, stage->good_lost, stage->good_asked,
		(double)stage->good_worst / TICKS_PER_MS, finding->what, finding->value, finding->limit,
		good ? "holds" : "FAILS");
}

static void play(struct report *report, const struct attack *attack, bool secure)
{
	static struct stage stage;
	struct finding finding = { 0 };
	if (report->row != 0 && report->row != attack->row)
		return;
	if (!stage_begin(&stage, attack->evil, attack->prepare, secure))
		exit(2);
	attack->play(&stage, &finding);
	stage_run(&stage, TICKS_PER_S);
	bool good = finding.value <= finding.limit && stage.good_lost == 0 && stage.good_worst <= GOOD_TICKS;
	if (stage.good_worst > GOOD_TICKS)
		printf("     a good client waited %.1f ms\n", (double)stage.good_worst / TICKS_PER_MS);
	tell(report, attack, &stage, &finding, good);
	report->passed += good;
	report->failed += !good;
	stage_end(&stage);
	fflush(stdout);
}

static void play_all(struct report *report)
{
	static const struct {
		const struct attack *attacks;
		const size_t *count;
		bool secure; /* the stage is signed */
	} files[] = { { poison_attacks, &poison_attack_count, false },
		      { manners_attacks, &manners_attack_count, false },
		      { amplify_attacks, &amplify_attack_count, false },
		      { bulk_attacks, &bulk_attack_count, false },
		      { client_attacks, &client_attack_count, false },
		      { memory_attacks, &memory_attack_count, false },
		      { wild_attacks, &wild_attack_count, false },
		      { proof_attacks, &proof_attack_count, true },
		      { keytrap_attacks, &keytrap_attack_count, true },
		      { chain_attacks, &chain_attack_count, true } };
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
		for (size_t j = 0; j < *files[i].count; j++)
			play(report, &files[i].attacks[j], files[i].secure);
}

int main(int argc, char **argv)
{
	struct report report = { 0 };
	for (int i = 1; i + 1 < argc; i += 2) {
		if (strcmp(argv[i], "--row") == 0)
			report.row = (unsigned int)strtoul(argv[i + 1], NULL, 10);
		else if (strcmp(argv[i], "--rows") == 0)
			report.rows = fopen(argv[i + 1], "w");
	}
	begin_table();
	play_all(&report);
	if (report.rows != NULL)
		fclose(report.rows);
	printf("%u passed, %u failed\n", report.passed, report.failed);
	return report.failed > 0 || report.passed == 0;
}
