// The choreography as a small static web site: events, services and paths, made from the graph and the schemas.
#pragma once

#include "core/error.hpp"

#include <reel/descriptor.hpp>

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace reel::cli {

/// The page of an event, by its full name.
[[nodiscard]] std::string docs_page_of(std::string_view event);

/// Content by file name. No page needs the network or a script. `graph_svg` is the picture of the whole, or empty.
[[nodiscard]] std::map<std::string, std::string> docs_pages(const choreography_info& choreography,
                                                            const std::string& graph_svg = {});

/// Writes the pages, creating the folder; other files in it stay. Errors: io, naming the file.
[[nodiscard]] core::expected<void> write_pages(const std::map<std::string, std::string>& pages,
                                               const std::filesystem::path& folder);

} // namespace reel::cli
