// What one list says of how it is to be fetched: in the `#!` lines at its start, or in the .job file that names it
// (docs/formats.md). Read when the list is opened, then never changed. A member without a value says nothing, and the
// configuration counts. A list may ask for less than the operator allows, never for more: whoever applies a limit takes
// the stricter one.
#pragma once

#include <optional>
#include <string>

#include "core/job.hpp"
#include "core/settings.hpp"

namespace gannet {

struct JobOptions {
  std::optional<Priority> priority;
  LimitOverrides limits;
  std::optional<unsigned> tries;
  std::optional<std::string> user_agent;
  std::optional<std::string> referer;
  std::optional<std::string> accept_header;
  std::optional<Robots> robots;
  std::optional<Accept> accept;
  std::optional<ByteCount> max_body;
  std::optional<bool> dedupe;
  std::optional<unsigned> max_pixels;
  std::optional<unsigned> min_size;
  std::optional<double> max_aspect_ratio;
  std::optional<bool> verify;
  std::optional<ResizeMode> resize;
  std::optional<bool> only_if_bigger;
  std::optional<unsigned> resize_size;
  std::optional<Encoding> encoding;
  std::optional<unsigned> quality;
  std::optional<bool> keep_metadata;
  std::optional<bool> exif;
  std::optional<bool> perceptual_hash;
  std::optional<std::string> blur_column;
  std::optional<Thumbnails> thumbnails;
  std::optional<Hash> hash;
  std::optional<Refetch> refetch;
  std::optional<unsigned> shard_size;
};

/// Whether the list has its lines asked for in a way of its own, so that the answers may be others than everybody gets.
inline bool asks_specially(const JobOptions* options) {
  const auto says = [](const std::optional<std::string>& header) { return header && !header->empty(); };
  return options && (says(options->user_agent) || says(options->referer) || says(options->accept_header));
}

/// The lesser of two limits of which 0 is none.
template <class T>
T stricter(T a, T b) {
  if (a == T{}) return b;
  return b == T{} || a < b ? a : b;
}

}  // namespace gannet
