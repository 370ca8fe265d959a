// Keys that are right and do nothing: somebody meant something by them. Not mistakes, because what they need may have
// been switched off for a while. Pure functions, any thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "config/load.hpp"

namespace gannet::config {

/// Where each key was given last: "gannet.yaml:12" or "--set".
using Places = std::map<std::string, std::string>;

/// One warning for each such key, in the order of the keys.
std::vector<Mistake> without_effect(const Settings& settings, const Places& places);

}  // namespace gannet::config
