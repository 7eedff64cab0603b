"""Compares a resolver's reply with the truth, and two resolvers' replies.

fault() returns "" when the reply is right, else a short reason.  Right is: the
rcode, the chain of CNAME records (a DNAME that a resolver sends along, or does
not, is both fine), the set of final records, and no TTL above the zone's.
state_fault() judges a reply to a query with DO by the state that signing.py
works out: SERVFAIL for what is bogus, AD for what is secure and for nothing
else, and signatures beside every secure record.
"""

def final_sets(reply, qname, rrtype):
    """Splits the answer section into (CNAME chain, final records, the rest)."""
    cnames, final, rest = {}, [], []
    for record in reply.answer:
        owner, record_type = record[0], record[1]
        if record_type == "CNAME" and rrtype != "CNAME":
            cnames[owner] = record
        elif record_type == rrtype:
            final.append(record)
        elif record_type != "RRSIG":
            rest.append(record)
    return cnames, final, rest


def check_chain(truth, cnames):
    """Every CNAME of the truth is there and no other; returns a reason or ""."""
    expected = [link for link in truth.chain if link[2] == "CNAME"]
    if len(cnames) != len(expected):
        return "%d CNAMEs where %d are right" % (len(cnames), len(expected))
    for owner, ttl, _, target in expected:
        record = cnames.get(owner)
        if not record or record[3] != target:
            return "CNAME of %s is wrong or missing" % owner
        if record[2] > ttl:
            return "TTL %d of CNAME %s above %d" % (record[2], owner, ttl)
    return ""


def check_final(truth, question, final):
    name, rrtype = question
    owner = truth.chain[-1][3] if truth.chain and rrtype != "CNAME" else name
    if sorted(record[3] for record in final) != truth.rdatas:
        return "wrong records: %s" % [record[3] for record in final][:4]
    for record in final:
        if record[0] != owner:
            return "record of %s where %s is right" % (record[0], owner)
        if record[2] > truth.ttl:
            return "TTL %d above %d" % (record[2], truth.ttl)
    return ""


def check_negative_ttl(truth, reply):
    for record in reply.authority:
        if record[1] == "SOA" and record[2] > truth.ttl:
            return "negative TTL %d above %d" % (record[2], truth.ttl)
    return ""


def fault(truth, reply):
    """What is wrong with the reply, "" for nothing."""
    if reply is None or isinstance(reply, str):
        return reply or "not asked"
    if reply.rcode != truth.rcode:
        why = "".join(" (error %d, %s)" % error for error in reply.errors)
        return "%s where %s is right%s" % (reply.rcode, truth.rcode, why)
    if truth.rcode == "SERVFAIL":
        return ""
    name, rrtype = reply.question
    cnames, final, rest = final_sets(reply, name, rrtype)
    dnames = {(link[0], link[3]) for link in truth.chain if link[2] == "DNAME"}
    for record in rest:
        if record[1] != "DNAME" or (record[0], record[3]) not in dnames:
            return "a record nobody asked for: %s %s" % (record[0], record[1])
    return (check_chain(truth, cnames) or check_final(truth, reply.question, final)
            or ("" if truth.rdatas else check_negative_ttl(truth, reply)))


def state_fault(truth, reply, state):
    """The same of a reply that was validated."""
    if state != "bogus" or reply is None or isinstance(reply, str):
        wrong = fault(truth, reply)
    else:
        wrong = "" if reply.rcode == "SERVFAIL" else "%s of what is bogus" % reply.rcode
    if wrong:
        return wrong
    if reply.authentic != (state == "secure" and truth.rcode != "SERVFAIL"):
        return "AD is %s" % ("there" if reply.authentic else "missing")
    section = reply.answer or reply.authority
    if reply.authentic and not any(record[1] == "RRSIG" for record in section):
        return "no signature where AD is"
    return ""


def same(one, other):
    """True when two resolvers gave the same answer, TTLs and order aside."""
    if isinstance(one, str) or isinstance(other, str) or one is None or other is None:
        return False
    if one.rcode != other.rcode:
        return False
    sets = [sorted({(r[0], r[1], r[3]) for r in reply.answer if r[1] != "DNAME"})
            for reply in (one, other)]
    return sets[0] == sets[1]
