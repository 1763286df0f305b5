"""Pure: text → words and sentences; a word → the keys under which its spellings and forms are one."""
