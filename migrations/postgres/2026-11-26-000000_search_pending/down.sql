ALTER INDEX complaint_search_tokens RESET (gin_pending_list_limit);
