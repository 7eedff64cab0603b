/* attacks [--row N] [--markdown FILE]: every attack once; a line for each, and the table as a document. */
#include "attacks.h"

#include <stdlib.h>

#define GOOD_TICKS (50 * (uint64_t)TICKS_PER_MS)

struct report {
	FILE *markdown;
	unsigned int row, passed, failed;
};

static void begin_table(struct report *report)
{
	printf("row  %-38s %8s %9s %8s %9s %9s %5s/%-5s  %s\n", "attack", "queries", "octets", "cpu ms", "memory KB",
	       "answer ms", "lost", "good", "what must hold");
	if (report->markdown != NULL)
		fputs("# Attacks\n\nMade by `./dev attacks --markdown doc/attacks.md`: each attack played on the engine in "
		      "virtual time (tests/attacks), with a\ngood client beside it that asks 100 questions a second and "
		      "must lose none, each answered within 50 ms. Queries and octets are\nthose to and from servers of "
		      "the attacker and the victim; CPU is that of the whole play.\n\n"
		      "| row | attack | queries | octets | CPU ms | memory KB | answer ms | good lost | what must hold | "
		      "verdict |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n",
		      report->markdown);
}

static void tell(struct report *report, const struct attack *attack, const struct stage *stage,
		 const struct finding *finding, bool good)
{
	char holds[200];
	unsigned int queries = stage->to_evil + stage->to_victim;
	double cpu = (double)stage->cpu_ns / 1e6, took = (double)finding->took / TICKS_PER_MS;
	unsigned long memory = (unsigned long)(stage_memory(stage) >> 10);
	snprintf(holds, sizeof holds, "%s: %g, at most %g", finding->what, finding->value, finding->limit);
	printf("%3u  %-38s %8u %9u %8.2f %9lu %9.1f %5u/%-5u  %s%s\n", attack->row, attack->name, queries, stage->octets,
	       cpu, memory, took, stage->good_lost, stage->good_asked, holds, good ? "" : "  FAILED");
	if (report->markdown != NULL)
		fprintf(report->markdown, "| %u | %s | %u | %u | %.1f | %lu | %.0f | %u of %u | %s | %s |\n", attack->row,
			attack->name, queries, stage->octets, cpu, memory, took, stage->good_lost, stage->good_asked,
			holds, good ? "holds" : "FAILS");
}

/* What the list of attacks asks for and is not done, and why. */
static void end_table(const struct report *report)
{
	if (report->markdown != NULL)
		fputs("\nRow 41 also asks to drop UDP answers that are older than 2 s. They are sent, up to 4.5 s, for these reasons. "
		      "What a victim can be\nsent at one moment is bounded by the places that its network has among those "
		      "who wait (100, each at most 1,232 octets), and\nan attacker fills these within milliseconds, "
		      "however long they may wait: with a limit of 2 s he would let his servers answer\nafter 1.9 s, and "
		      "the burst would be the same. A stub that asked in earnest, on the other hand, waits 5 s before it asks\n"
		      "again: it would lose an answer that is there and get it seconds later from the cache. Clients that "
		      "show a cookie of ours\nare not spoofed and have no such limit. And a network most of whose questions "
		      "end in nothing is given fewer places\n(row 43).\n",
		      report->markdown);
}

static void play(struct report *report, const struct attack *attack)
{
	static struct stage stage;
	struct finding finding = { 0 };
	if (report->row != 0 && report->row != attack->row)
		return;
	if (!stage_begin(&stage, attack->evil))
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
	for (size_t i = 0; i < poison_attack_count; i++)
		play(report, &poison_attacks[i]);
	for (size_t i = 0; i < manners_attack_count; i++)
		play(report, &manners_attacks[i]);
	for (size_t i = 0; i < amplify_attack_count; i++)
		play(report, &amplify_attacks[i]);
	for (size_t i = 0; i < bulk_attack_count; i++)
		play(report, &bulk_attacks[i]);
}

int main(int argc, char **argv)
{
	struct report report = { 0 };
	for (int i = 1; i + 1 < argc; i += 2) {
		if (strcmp(argv[i], "--row") == 0)
			report.row = (unsigned int)strtoul(argv[i + 1], NULL, 10);
		else if (strcmp(argv[i], "--markdown") == 0)
			report.markdown = fopen(argv[i + 1], "w");
	}
	begin_table(&report);
	play_all(&report);
	end_table(&report);
	if (report.markdown != NULL)
		fclose(report.markdown);
	printf("%u passed, %u failed\n", report.passed, report.failed);
	return report.failed > 0 || report.passed == 0;
}
