/* cookie: DNS cookies (RFC 7873) in the form that all servers share (RFC 9018). Pure.
 *
 * A client that shows a cookie of ours has heard us at its address: it is not spoofed, and need not be held to what
 * spoofed addresses are. A server that once gave us a cookie shows ours in each reply: who cannot see the path cannot
 * forge that (attacks rows 1 and 17).
 */
#ifndef ROOTWALK_RESOLVER_COOKIE_H
#define ROOTWALK_RESOLVER_COOKIE_H

#include "base/hash.h"
#include "base/ip.h"

#define COOKIE_CLIENT_SIZE 8u
#define COOKIE_SIZE 24u /* with the server's part as we make it */

/* The whole cookie for a client that sent this client part; `wall`: POSIX seconds. */
void cookie_for_client(const struct hash_key *secret, struct ip client, int64_t wall,
		       const uint8_t part[COOKIE_CLIENT_SIZE], uint8_t whole[COOKIE_SIZE]);

/* Did we make this one, for this client, not long ago (RFC 9018 section 4.3)? */
bool cookie_is_ours(const struct hash_key *secret, struct ip client, int64_t wall, struct span cookie);

/* Our client part for a server: another for each, always the same. */
void cookie_to_server(const struct hash_key *secret, struct ip server, uint8_t part[COOKIE_CLIENT_SIZE]);

#endif
