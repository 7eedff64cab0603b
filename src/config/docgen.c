#include "config/docgen.h"

#include "config/value.h"

#define VALUE_SIZE 1024u
#define WIDTH 80u
#define TYPE_SIZE 160u

/* Writes the words, broken into lines that begin with `lead`. */
static void fold(FILE *out, const char *lead, const char *words)
{
	size_t column = 0;
	while (*words != '\0') {
		size_t size = strcspn(words, " ");
		if (column > 0 && column + 1 + size > WIDTH) {
			fputc('\n', out);
			column = 0;
		}
		if (column == 0)
			column = (size_t)fprintf(out, "%s", lead);
		else
			fputc(' ', out), column++;
		fprintf(out, "%.*s", (int)size, words);
		column += size;
		words += size;
		words += strspn(words, " ");
	}
	fputc('\n', out);
}

static const char *kind_name(enum option_kind kind)
{
	switch (kind) {
	case OPTION_BOOL:
		return "true or false";
	case OPTION_SIZE:
		return "size";
	case OPTION_DURATION:
		return "duration";
	case OPTION_NUMBER:
		return "number";
	case OPTION_ENUM:
		return "word";
	case OPTION_TEXT:
		return "text";
	case OPTION_PATH:
		return "file";
	case OPTION_LISTEN:
		return "list of addresses, or of maps {address: ADDRESS, port: PORT}";
	case OPTION_ADDRESSES:
		return "list of addresses";
	case OPTION_NETWORKS:
		return "list of networks";
	case OPTION_ZONES:
		return "list of maps {zone: NAME, addresses: [ADDRESS, ...]}";
	case OPTION_UNTIL:
		return "list of NAME, or of NAME until DAY";
	}
	return "";
}

static void put(struct builder *builder, const char *text)
{
	builder_octets(builder, span_of(text, strlen(text)));
}

static void put_range(struct builder *builder, const struct option_row *option)
{
	char text[AMOUNT_TEXT_SIZE];
	if (option->unit != NULL) {
		put(builder, option->kind == OPTION_NUMBER ? " of " : " in ");
		put(builder, option->unit);
	}
	put(builder, ", ");
	put(builder, value_number_to_text(option, option->min, text));
	put(builder, " to ");
	put(builder, value_number_to_text(option, option->max, text));
}

/* "size in octets, 4M to 1T": what may be written, in one phrase. */
static const char *type_text(const struct option_row *option, char text[TYPE_SIZE])
{
	struct builder builder = builder_of(text, TYPE_SIZE - 1);
	char most[AMOUNT_TEXT_SIZE];
	if (option->kind == OPTION_ENUM)
		value_write_words(&builder, option);
	else
		put(&builder, kind_name(option->kind));
	if (option->kind == OPTION_TEXT) {
		put(&builder, " of at most ");
		put(&builder, value_number_to_text(option, option->max, most));
		put(&builder, " octets");
	} else if (option->max > 0) {
		put_range(&builder, option);
	}
	if (option->word != NULL) {
		put(&builder, ", or ");
		put(&builder, option->word);
	}
	text[builder.size] = '\0';
	return text;
}

static bool is_below(const struct option_row *option, const char *below)
{
	size_t size = strlen(below);
	return strncmp(option->path, below, size) == 0 && (option->path[size] == '\0' || option->path[size] == '.');
}

bool docgen_options(FILE *out, const char *below)
{
	struct options defaults;
	char value[VALUE_SIZE], type[TYPE_SIZE];
	bool any = false;
	if (!options_default(&defaults))
		return false;
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		const struct option_row *option = &option_rows[i];
		if (below != NULL && !is_below(option, below))
			continue;
		fprintf(out, "%s%s\n", any ? "\n" : "", option->path);
		fold(out, "    ", option->meaning);
		fprintf(out, "    type: %s\n", type_text(option, type));
		char line[VALUE_SIZE + 16];
		snprintf(line, sizeof line, "default: %s", value_to_text(option, &defaults, value, sizeof value));
		fold(out, "    ", line);
		any = true;
	}
	options_free(&defaults);
	return any;
}

static void write_sample_option(FILE *out, const struct option_row *option, const struct options *defaults)
{
	char value[VALUE_SIZE], type[TYPE_SIZE];
	const char *indent = option_section_of(option) != NULL ? "  " : "";
	char lead[8];
	snprintf(lead, sizeof lead, "%s# ", indent);
	fputc('\n', out);
	fold(out, lead, option->meaning);
	char line[TYPE_SIZE + 2];
	snprintf(line, sizeof line, "(%s)", type_text(option, type));
	fold(out, lead, line);
	fprintf(out, "%s#%s: %s\n", indent, option_leaf(option), value_to_text(option, defaults, value, sizeof value));
}

bool docgen_sample(FILE *out)
{
	struct options defaults;
	const struct option_section *section = NULL;
	if (!options_default(&defaults))
		return false;
	fold(out, "# ", "rootwalk.yaml: what rootwalk(8) may be told. All is optional; each option stands here at its "
			"default. Take the # away to change one. See rootwalk.yaml(5).");
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		const struct option_section *now = option_section_of(&option_rows[i]);
		if (now != NULL && now != section)
			fprintf(out, "\n# %s\n%s:\n", now->meaning, now->name);
		section = now;
		write_sample_option(out, &option_rows[i], &defaults);
	}
	options_free(&defaults);
	return true;
}

/* Text as roff takes it: no escape is begun, and no word can begin a request, wherever lines are broken. */
static const char *roff_text(const char *text, char roff[VALUE_SIZE])
{
	struct builder builder = builder_of(roff, VALUE_SIZE - 1);
	for (char before = ' '; *text != '\0'; before = *text++) {
		if (before == ' ' && (*text == '.' || *text == '\''))
			put(&builder, "\\&");
		if (*text == '\\')
			put(&builder, "\\e");
		else if (*text == '"')
			put(&builder, "\\(dq");
		else
			builder_u8(&builder, (uint8_t)*text);
	}
	roff[builder.size] = '\0';
	return roff;
}

/* A sentence begins a line, as mdoc wants it. */
static void write_sentences(FILE *out, const char *text)
{
	while (*text != '\0') {
		char sentence[VALUE_SIZE], roff[VALUE_SIZE];
		const char *end = strstr(text, ". ");
		size_t size = end != NULL ? (size_t)(end - text) + 1 : strlen(text);
		snprintf(sentence, sizeof sentence, "%.*s", (int)size, text);
		fold(out, "", roff_text(sentence, roff));
		text += size;
		text += strspn(text, " ");
	}
}

static void write_man_option(FILE *out, const struct option_row *option, const struct options *defaults)
{
	char value[VALUE_SIZE], type[TYPE_SIZE], roff[VALUE_SIZE], line[TYPE_SIZE + 8];
	fprintf(out, ".It Ic %s\n", option->path);
	write_sentences(out, option->meaning);
	fputs(".br\n", out);
	snprintf(line, sizeof line, "Type: %s.", type_text(option, type));
	write_sentences(out, line);
	/* \& so that no value is taken for a macro */
	fprintf(out, ".br\nDefault:\n.Li \\&%s\n",
		roff_text(value_to_text(option, defaults, value, sizeof value), roff));
}

bool docgen_man(FILE *out)
{
	struct options defaults;
	if (!options_default(&defaults))
		return false;
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		const struct option_section *now = option_section_of(&option_rows[i]);
		bool begins = i == 0 || now != option_section_of(&option_rows[i - 1]);
		if (begins && i > 0)
			fputs(".El\n", out);
		if (begins) {
			fprintf(out, ".Ss %s\n", now != NULL ? now->name : "Outside the sections");
			write_sentences(out, now != NULL ? now->meaning : "These stand alone in the file.");
			fputs(".Bl -tag -width Ds\n", out);
		}
		write_man_option(out, &option_rows[i], &defaults);
	}
	fputs(".El\n", out);
	options_free(&defaults);
	return true;
}
