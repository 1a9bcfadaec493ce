DROP TABLE work_queue;
