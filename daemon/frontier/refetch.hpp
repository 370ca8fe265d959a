// Whether what an earlier fetch of a URL left will do for a line, or is to be fetched again (`store.refetch`). Pure
// functions of values, any thread.
#pragma once

#include "core/earlier.hpp"
#include "core/fetch_task.hpp"
#include "core/settings.hpp"

namespace gannet::frontier {

/// What the settings ask of an image, as far as an earlier one can be held to it.
struct RefetchRules {
  Refetch refetch;
  Accept accept = Accept::images;
  unsigned max_pixels = 0;
  unsigned min_size = 0;
  ByteCount max_body = 0;
  Hash hash = Hash::sha256;
};

RefetchRules refetch_rules(const Settings& settings);

/// The same for the lines of one list, which may be null.
RefetchRules refetch_rules(RefetchRules rules, const JobOptions* of_list);

enum class Use : unsigned char {
  none,  // fetch it, as if it were unknown
  ask,   // ask its server whether it has changed
  take   // its result counts as it is
};

/// `rules` are those of the task's list.
Use judge_earlier(const Earlier& earlier, const FetchTask& task, const RefetchRules& rules, WallTime now);

}  // namespace gannet::frontier
