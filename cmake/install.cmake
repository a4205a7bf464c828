# What `cmake --install` lays out below the prefix.
install(TARGETS runproof RUNTIME DESTINATION bin)
install(DIRECTORY ${CMAKE_SOURCE_DIR}/lua DESTINATION share/runproof
  FILES_MATCHING PATTERN *.lua PATTERN *.txt)
install(FILES ${CMAKE_SOURCE_DIR}/docs/runproof.1 DESTINATION share/man/man1)
install(FILES ${CMAKE_SOURCE_DIR}/LICENSE DESTINATION share/doc/runproof)
install(FILES ${CMAKE_SOURCE_DIR}/completions/runproof.bash
  DESTINATION share/bash-completion/completions RENAME runproof)
install(FILES ${CMAKE_SOURCE_DIR}/completions/_runproof
  DESTINATION share/zsh/site-functions)
install(FILES ${CMAKE_SOURCE_DIR}/completions/runproof.fish
  DESTINATION share/fish/vendor_completions.d)
