// Where log lines go: to standard error, because standard output belongs to data.
#pragma once

namespace reel::cli {

/// Of the whole process, from warnings on. May be called again.
void log_to_standard_error();

} // namespace reel::cli
