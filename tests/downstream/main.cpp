// The library's program: with nothing of its own it has every command already.
#include "library.hpp"

#include <reel/main.hpp>

int main(int argc, char** argv) {
  return reel::main(argc, argv, library::choreography());
}
