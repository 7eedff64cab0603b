/* keys: every key of a scenario's configuration, and what is done with it. */
#ifndef ROOTWALK_TESTS_REPLAY_KEYS_H
#define ROOTWALK_TESTS_REPLAY_KEYS_H

enum setting_action {
	SETTING_NOTHING,
	SETTING_SKIP,
	SETTING_SKIP_IF_TRUE,
	SETTING_STUB,
	SETTING_FORWARD,
	SETTING_NAME,
	SETTING_ROOT_NAME,
	SETTING_DATE,
	SETTING_TIMESTAMP,
	SETTING_MINIMISE,
	SETTING_IPV4,
	SETTING_IPV6,
	SETTING_NOT_LOCALHOST,
	SETTING_HARDEN_GLUE,
	SETTING_MINIMAL,
	SETTING_AGGRESSIVE,
	SETTING_CASE,
	SETTING_SPECIAL,
	SETTING_TTL,
	SETTING_FEATURES,
	SETTING_ACCESS,
	SETTING_LOCAL_ZONE,
	SETTING_MODULES,
	SETTING_IDENTITY,
	SETTING_VERSION,
	SETTING_HIDE_IDENTITY,
	SETTING_HIDE_VERSION,
	SETTING_ANCHOR,
	SETTING_NEGATIVE_ANCHOR,
};

struct setting_row {
	const char *key;
	enum setting_action action;
	const char *feature; /* of SETTING_SKIP and SETTING_SKIP_IF_TRUE: what rootwalk would have to have */
};

/* NULL when the key is not known. */
const struct setting_row *setting_find(const char *key);

#endif
