"""From a click to a job. The page writes a request (records.py; common/launch_requests.py), Dash's
background manager hands it to a process of its own (manager.py, child.py), and that process starts
what is asked for (starts.py). What a browser may ask for stands in page_settings.py.

But for manager.py nothing here imports Dash or plotly: the launching process is quick to start.
"""
