# ligament_embed_sql(OUTPUT header MIGRATIONS NNNN_name.sql... STATEMENTS x.sql...)
#   Writes a header with every migration as it is, and every statement of the other files as an enumerator and a text.
#   A statement follows a line "-- name: PascalCase"; it ends at the next such line and has no semicolon.
function(ligament_embed_sql)
  cmake_parse_arguments(arg "" "OUTPUT" "MIGRATIONS;STATEMENTS" ${ARGN})
  set(migrations "")
  foreach(file IN LISTS arg_MIGRATIONS)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${file}")
    get_filename_component(name "${file}" NAME_WE)
    string(SUBSTRING "${name}" 0 4 number)
    string(REGEX REPLACE "^0+" "" number "${number}")
    file(READ "${file}" text)
    string(APPEND migrations "    {${number}, R\"sql(${text})sql\"},\n")
  endforeach()
  set(names "")
  set(texts "")
  foreach(file IN LISTS arg_STATEMENTS)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${file}")
    file(STRINGS "${file}" lines)
    foreach(line IN LISTS lines)
      if(line MATCHES "^-- name: ([A-Za-z]+)$")
        if(names)
          string(APPEND texts ")sql\",\n")
        endif()
        string(APPEND names "  k${CMAKE_MATCH_1},\n")
        string(APPEND texts "    R\"sql(")
      else()
        string(APPEND texts "${line} ")
      endif()
    endforeach()
  endforeach()
  string(CONCAT content
    "// Written by EmbedSql.cmake from the .sql files.\n#pragma once\n#include <cstdint>\n#include <iterator>\n\n"
    "namespace gateway::store_sqlite {\n\nenum class Sql : std::uint16_t {\n${names}};\n\n"
    "inline constexpr const char* kSqlTexts[] = {\n${texts})sql\",\n};\n"
    "inline constexpr std::size_t kSqlCount = std::size(kSqlTexts);\n\n"
    "struct Migration {\n  int number;\n  const char* text;\n};\n"
    "inline constexpr Migration kMigrations[] = {\n${migrations}};\n\n}  // namespace gateway::store_sqlite\n")
  file(CONFIGURE OUTPUT "${arg_OUTPUT}" CONTENT "${content}" @ONLY)
endfunction()
