// One picture of each format, for codecs to be tried on before it matters.
#pragma once

#include <string>
#include <vector>

#include "decode/image_format.hpp"

namespace gannet::worker {

struct Sample {
  decode::Format format;
  std::string bytes;
};

std::vector<Sample> samples();

}  // namespace gannet::worker
