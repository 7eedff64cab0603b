#include "text/hosts.h"

#include "wire/codes.h"

#include <stdio.h>
#include <string.h>

#define LINE_SIZE 4096u
#define BLANKS " \t\r\n"

/* Does the line "hosts:" name files, and that before dns? Without such a line the C library's default does. */
static bool comes_first(const char *path)
{
	char line[LINE_SIZE];
	bool first = true;
	FILE *file = fopen(path, "re");
	if (file == NULL)
		return true;
	while (fgets(line, sizeof line, file) != NULL) {
		char *rest = NULL;
		line[strcspn(line, "#")] = '\0';
		const char *word = strtok_r(line, BLANKS, &rest);
		if (word == NULL || strcmp(word, "hosts:") != 0)
			continue;
		do
			word = strtok_r(NULL, BLANKS, &rest);
		while (word != NULL && strcmp(word, "files") != 0 && strcmp(word, "dns") != 0);
		first = word != NULL && strcmp(word, "files") == 0;
	}
	fclose(file);
	return first;
}

/* Is the name among the words of a line behind the address? */
static bool names(char *rest, struct name name)
{
	for (const char *word = strtok_r(NULL, BLANKS, &rest); word != NULL; word = strtok_r(NULL, BLANKS, &rest)) {
		struct name_buffer buffer;
		struct name host;
		if (name_of_text(word, &buffer, &host) && name_equal(host, name))
			return true;
	}
	return false;
}

static void look_at_line(struct hosts *hosts, char *line, struct name name, uint8_t version)
{
	char *rest = NULL;
	struct ip ip;
	line[strcspn(line, "#")] = '\0';
	const char *address = strtok_r(line, BLANKS, &rest);
	if (address == NULL || !ip_of_text(address, &ip) || ip.version != version || !names(rest, name))
		return;
	hosts->verdict = HOSTS_FOUND;
	if (hosts->count < HOSTS_ADDRESSES_MAX)
		hosts->addresses[hosts->count++] = ip;
}

struct hosts hosts_look(const char *path, const char *order, struct name name, uint16_t type)
{
	struct hosts hosts = { .verdict = HOSTS_NOT_ASKED, .path = path };
	char line[LINE_SIZE];
	if (type != TYPE_A && type != TYPE_AAAA)
		return hosts;
	hosts.verdict = HOSTS_SWITCHED_OFF;
	if (order != NULL && !comes_first(order))
		return hosts;
	FILE *file = fopen(path, "re");
	hosts.verdict = file != NULL ? HOSTS_NOTHING : HOSTS_UNREADABLE;
	if (file == NULL)
		return hosts;
	while (fgets(line, sizeof line, file) != NULL)
		look_at_line(&hosts, line, name, type == TYPE_A ? 4 : 6);
	fclose(file);
	return hosts;
}
