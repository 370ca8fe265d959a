// The style of the page: colours and type for light and dark, for wide screens, phones and paper.
#pragma once

#include "page/html.hpp"

namespace gannet::page {

extern const Markup style;

}  // namespace gannet::page
