// The embedded log in a directory that lives as long as the test.
#pragma once

#include "log_under_test.hpp"
#include "transport/embedded/embedded_log.hpp"

#include <filesystem>
#include <optional>

#include <unistd.h>

namespace reel::conformance {

class temporary_directory {
public:
  temporary_directory() {
    auto name = (std::filesystem::temp_directory_path() / "reel-log-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~temporary_directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  temporary_directory(const temporary_directory&) = delete;
  temporary_directory& operator=(const temporary_directory&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const {
    return path_;
  }

private:
  std::filesystem::path path_;
};

class embedded_log_under_test final : public log_under_test {
public:
  explicit embedded_log_under_test(transport::embedded_options options) : options_(std::move(options)) {
    if (options_.directory.empty()) {
      options_.directory = own_directory_.emplace().path();
    }
    open();
  }
  ~embedded_log_under_test() override {
    log_.reset();
  }
  void reopen() override {
    log_.reset();
    open();
  }
  [[nodiscard]] const transport::embedded_options& options() const {
    return options_;
  }

private:
  void open() {
    auto opened = transport::embedded_log::open(options_);
    REQUIRE_MESSAGE(opened.has_value(), (opened ? "" : opened.error().what));
    log_ = std::move(*opened);
  }

  std::optional<temporary_directory> own_directory_; // unless the options name one
  transport::embedded_options options_;
};

} // namespace reel::conformance
