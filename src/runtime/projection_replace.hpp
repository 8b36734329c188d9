// Puts a freshly built read model in the place of the one that people read.
#pragma once

#include "core/error.hpp"

#include <filesystem>

namespace reel::runtime {

/// Makes the content of `live` that of `fresh` in one transaction: a reader sees the old rows or the new ones, and a
/// crash leaves the old ones or the new ones. Both are files of read models; nobody may write them meanwhile. Blocks.
/// Errors: io, and the file is as it was.
[[nodiscard]] core::expected<void> replace_view(const std::filesystem::path& fresh, const std::filesystem::path& live);

} // namespace reel::runtime
