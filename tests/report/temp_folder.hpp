// The shared temporary folder, where the tests of this folder look for it.
#pragma once

#include "support/temp_folder.hpp"
