/* hosts: what the operating system's own list of names (hosts(5)) says, before any resolver is asked.
 *
 * A program that wants an address asks the C library, and that looks into /etc/hosts where /etc/nsswitch.conf names
 * "files" before "dns". rootwalk answers nothing from here: `rootwalk lookup` only tells what would happen.
 */
#ifndef ROOTWALK_TEXT_HOSTS_H
#define ROOTWALK_TEXT_HOSTS_H

#include "base/ip.h"
#include "wire/name.h"

#define HOSTS_FILE "/etc/hosts"
#define HOSTS_ORDER_FILE "/etc/nsswitch.conf"
#define HOSTS_ADDRESSES_MAX 8u

enum hosts_verdict {
	HOSTS_NOT_ASKED,  /* it holds addresses only, and something else is wanted */
	HOSTS_SWITCHED_OFF, /* nsswitch.conf does not name it before DNS */
	HOSTS_UNREADABLE,
	HOSTS_NOTHING,
	HOSTS_FOUND,
};

struct hosts {
	enum hosts_verdict verdict;
	const char *path;
	struct ip addresses[HOSTS_ADDRESSES_MAX];
	size_t count; /* of HOSTS_FOUND; what is beyond the maximum is left out */
};

/* Looks into the file for addresses of the type's family (TYPE_A or TYPE_AAAA). An `order` of NULL: in any case. */
struct hosts hosts_look(const char *path, const char *order, struct name name, uint16_t type);

#endif
