// What is wrong with settings that are each right alone.
#pragma once

#include "cli/config/load_settings.hpp"

namespace reel::cli {

/// Adds what is wrong, and fills in what follows from other settings: the name of the host, the directory of the
/// journals.
void check_settings(loaded_settings& loaded, setting_faults& faults);

} // namespace reel::cli
