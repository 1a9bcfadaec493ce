DROP TABLE watcher_news;
