/* manners: what replies teach about a server besides its speed: whether it can EDNS, keeps the case of a name, and gives
 * cookies (RFC 7873).
 *
 * All of it comes from replies that matched their question, and what would make us ask worse (no EDNS, no 0x20, no
 * cookie) only from several of them: who guesses one reply right must not change how a server is asked
 * (CVE-2023-26437, CVE-2026-52690).
 *
 * A server that gave a cookie is known by it from then on: a UDP reply without it, or with another than ours, is not
 * believed and the question is asked over TCP. What comes over TCP says whether the server has stopped (its cookie is
 * forgotten) or mixes ours up (it gets none for a while). One that stops again and again, as some of the machines behind
 * one address do, still gets cookies, but they are not insisted on.
 */
#ifndef ROOTWALK_RESOLVER_MANNERS_H
#define ROOTWALK_RESOLVER_MANNERS_H

#include "cache/servers.h"
#include "resolver/match.h"

/* An error that looks like a dislike of EDNS; LIMIT_EDNS_DOUBTS of them within LIMIT_EDNS_DOUBTS_S are believed. */
void manners_doubt_edns(struct table *table, struct ip address, uint64_t age);

/* A good reply to EDNS, which was doubted. */
void manners_trust_edns(struct table *table, struct ip address, uint64_t age);

bool manners_lack_edns(const struct server *server, uint64_t age);

/* A good reply to a question without 0x20, when those with it came back in another case and TCP gave no answer. */
void manners_doubt_case(struct table *table, struct ip address, uint64_t age);

/* A good reply to a question without cookie, when those with it brought nothing of use. */
void manners_doubt_cookie(struct table *table, struct ip address, uint64_t age);

/* May it be sent a cookie? Must its replies have ours? */
bool manners_take_cookie(const struct server *server, uint64_t age);
bool manners_give_cookie(const struct server *server, uint64_t age);

/* A matched reply to a question that had a cookie; `cookie`: the server's part. */
void manners_hear_cookie(struct server *server, uint64_t age, bool stream, enum shown_cookie shown, struct span cookie);

#endif
