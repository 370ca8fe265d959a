// Shares out the open files that the process may have between the jobs and the connections: there is no way to go on
// for who holds some and gets no more. Before the stages are built, and at a reload.
#pragma once

#include <cstddef>

#include "core/settings.hpp"

namespace gannet {

/// Fits jobs at a time, and connections in use and idle, into the open files that the process may have, and says so in
/// the log when that is fewer than the settings ask for. `there` jobs are under way, or will be, whatever the settings
/// say. What is left over is for more lists of other priorities. Throws std::runtime_error when it is too few to work
/// with.
void fit_to_open_files(Settings& settings, unsigned lanes, std::size_t there);

}  // namespace gannet
