#include "cli/graphviz.hpp"

#include <fmt/format.h>

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <memory>

namespace reel::cli {
namespace {

constexpr int not_installed = 127; // what a shell gives for a program that it does not find

struct file_closer {
  void operator()(std::FILE* file) const noexcept {
    static_cast<void>(std::fclose(file)); // read from elsewhere before
  }
};

std::string read_all(std::FILE* stream) {
  std::string text;
  std::array<char, 8192> buffer{};
  for (std::size_t count = 1; count > 0;) {
    count = std::fread(buffer.data(), 1, buffer.size(), stream);
    text.append(buffer.data(), count);
  }
  return text;
}

} // namespace

core::expected<std::string> svg_of_dot(const std::string& dot_text) {
  const std::unique_ptr<std::FILE, file_closer> input{std::tmpfile()};
  if (input == nullptr || std::fwrite(dot_text.data(), 1, dot_text.size(), input.get()) != dot_text.size() ||
      std::fflush(input.get()) != 0)
    return core::fail(core::errc::io, "cannot write the graph to a temporary file for Graphviz");
  // The file has no name; the program opens it through our descriptor.
  const auto command = fmt::format("command -v dot >/dev/null || exit {}; exec dot -Tsvg /dev/fd/{}", not_installed,
                                   fileno(input.get()));
  auto* const output = popen(command.c_str(), "r");
  if (output == nullptr)
    return core::fail(core::errc::io, "cannot start a program to draw the graph");
  auto svg = read_all(output);
  const int status = pclose(output);
  if (WIFEXITED(status) && WEXITSTATUS(status) == not_installed)
    return core::fail(core::errc::unavailable, "the format svg needs Graphviz, whose program dot is not on the PATH "
                                               "(Debian: apt-get install graphviz); --format mermaid needs nothing");
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    return core::fail(core::errc::io, fmt::format("Graphviz could not draw the graph: dot ended with status {}",
                                                  WIFEXITED(status) ? WEXITSTATUS(status) : -1));
  return svg;
}

} // namespace reel::cli
