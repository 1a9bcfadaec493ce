UPDATE complaint_search SET tokens = ts_delete(tokens, '#' || (seq >> 10));
