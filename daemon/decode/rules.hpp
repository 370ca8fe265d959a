// What the operator and the list ask of a body: that it is an image (`fetch.accept`), and how large
// (`decode.max_pixels`, `decode.min_size`). Asked of the whole, and early, of its first bytes. Pure functions for any
// thread.
#pragma once

#include <optional>
#include <string_view>

#include "core/early_check.hpp"
#include "core/job_options.hpp"
#include "core/reason.hpp"
#include "core/settings.hpp"
#include "decode/sniff.hpp"

namespace gannet::decode {

/// As in DecodeSettings, without what only workers need: they are made for each response.
struct Rules {
  Accept accept = DecodeSettings{}.accept;
  unsigned max_pixels = DecodeSettings{}.max_pixels;
  unsigned min_size = DecodeSettings{}.min_size;
  double max_aspect_ratio = DecodeSettings{}.max_aspect_ratio;
};

/// The rules for the lines of a list, which may be null: it can make the largest image smaller, and the rest what it
/// likes.
Rules rules_of(const DecodeSettings& settings, const JobOptions* list);

/// Of a picture: `too_many_pixels`, `too_small`.
Result<void> check_size(const Rules& rules, std::uint32_t width, std::uint32_t height);

/// Of a whole body, `image` being what sniff() said of it. Faults: `not_an_image`, `too_many_pixels`, `too_small`.
Result<void> check(const Rules& rules, std::string_view body, const std::optional<ImageInfo>& image);

/// The same of a body of which only the first bytes are there, `least_for_early_check` or more. It never faults what
/// check() would let pass.
Result<EarlyVerdict> check_early(const Rules& rules, std::string_view first_bytes);

}  // namespace gannet::decode
