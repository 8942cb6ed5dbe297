/** Filters a template may name without being refused (Home Assistant Core 2026.11). */
export const HOME_ASSISTANT_FILTERS: ReadonlySet<string> = new Set(
  "abs acos add apply area_devices area_entities area_id area_name as_datetime as_function as_local as_timedelta as_timestamp asin atan atan2 attr average base64_decode base64_encode batch bitwise_and bitwise_or bitwise_xor bool capitalize center clamp closest combine config_entry_attr config_entry_id contains cos count d default device_attr device_entities device_id device_name dictsort difference e entity_name escape expand filesizeformat first flatten float floor_areas floor_entities floor_id floor_name forceescape format from_hex from_json groupby has_value iif indent int integration_entities intersect is_defined is_number issue items join label_areas label_description label_devices label_entities label_id label_name labels last length list log lower map max md5 median min multiply ord ordinal pack pprint random regex_findall regex_findall_index regex_match regex_replace regex_search reject rejectattr relative_time remap replace reverse round safe select selectattr sha1 sha256 sha512 shuffle sin slice slugify sort sqrt state_attr state_attr_translated state_translated states statistical_mode string striptags sum symmetric_difference tan time_since time_until timedelta_string timestamp_custom timestamp_local timestamp_utc title to_json today_at tojson trim truncate typeof union unique unpack upper urlencode urlize version wordcount wordwrap wrap xmlattr".split(
    " ",
  ),
);

/** Tests of the same. */
export const HOME_ASSISTANT_TESTS: ReadonlySet<string> = new Set(
  "!= < <= == > >= apply boolean callable contains datetime defined divisibleby eq equalto escaped even false filter float ge greaterthan gt has_value in integer is_device_attr is_hidden_entity is_number is_state is_state_attr iterable le lessthan list lower lt mapping match ne none number odd sameas search sequence set string string_like test true tuple undefined upper".split(
    " ",
  ),
);

/** Functions and constants of the same. */
export const HOME_ASSISTANT_GLOBALS: ReadonlySet<string> = new Set(
  "acos apply area_devices area_entities area_id area_name areas as_datetime as_function as_local as_timedelta as_timestamp asin atan atan2 average bitwise_and bitwise_or bitwise_xor bool clamp closest combine config_entry_attr config_entry_id cos cycler device_attr device_entities device_id device_name dict difference distance e entity_name expand flatten float floor_areas floor_entities floor_id floor_name floors has_value iif int integration_entities intersect is_device_attr is_hidden_entity is_number is_state is_state_attr issue issues joiner label_areas label_description label_devices label_entities label_id label_name labels lipsum log max md5 median merge_response min namespace now pack pi range relative_time remap set sha1 sha256 sha512 shuffle sin slugify sqrt state_attr state_attr_translated state_translated states statistical_mode strptime symmetric_difference tan tau time_since time_until timedelta timedelta_string today_at tuple typeof union unpack urlencode utcnow version wrap zip".split(
    " ",
  ),
);
